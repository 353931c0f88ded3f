import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createMedia } from '../../main/media/index.ts';
import type { MediaSource } from '../../main/media/index.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import { clipPath, fingerprint, frameNumber, hasClips, meanColour, samplePath, shuffled } from './clips.ts';
import { openTestDecoder, quietLog } from './decoder-page.ts';

const openDecoder = openTestDecoder();
/** Room for some 24 frames of the clips, so that stepping about has to decode again. */
const media = createMedia({ openDecoder, cacheBytes: 2 << 20, log: quietLog });
afterAll(() => media.close());

async function withSource<T>(path: string, use: (source: MediaSource) => Promise<T>): Promise<T> {
	const source = await media.open(path);
	try {
		return await use(source);
	} finally {
		await source.close();
	}
}

async function numbersOf(source: MediaSource, order: number[]): Promise<number[]> {
	const numbers: number[] = [];
	for (const frameIndex of order) {
		numbers.push(frameNumber(await source.picture(frameIndex)));
	}
	return numbers;
}

const goodClips = {
	'h264-bframes.mp4': 90,
	'h264-longgop.mp4': 90,
	'h264-opengop.mkv': 90,
	'h264-ntsc.mp4': 90,
	'h264-vfr.mp4': 90,
	'h264-editlist.mp4': 90,
	'h264-even-not-mod16.mp4': 90,
	'h264-with-audio.mp4': 90,
	'vp9.webm': 90,
	'av1.mp4': 90,
	'prores.mov': 30,
	'one-frame.mp4': 1,
};

describe.skipIf(!hasClips)('exact frames of the numbered clips', () => {
	for (const [name, count] of Object.entries(goodClips)) {
		test(name, () =>
			withSource(clipPath(name), async (source) => {
				const all = [...Array(count).keys()];
				expect(source.facts.frameCount).toBe(count);
				expect(await numbersOf(source, all)).toEqual(all);
				const some = shuffled(count).slice(0, 24);
				expect(await numbersOf(source, some)).toEqual(some);
				expect(await numbersOf(source, all.toReversed())).toEqual(all.toReversed());
				expect(source.unreadableFrames()).toEqual([]);
			}),
		);
	}

	test('white, black and grey squares have their colours', async () => {
		for (const name of ['h264-bframes.mp4', 'vp9.webm', 'av1.mp4', 'prores.mov']) {
			await withSource(clipPath(name), async (source) => {
				const picture = await source.picture(21);
				const distance = (colour: number[], level: number) =>
					Math.max(...colour.map((value) => Math.abs(value - level)));
				// Frame 21 is 10101: bits 0, 2 and 4 are white. Lossy coding moves a level by a step or two.
				expect(distance(meanColour(picture, { left: 12, top: 12, size: 8 }), 255), name).toBeLessThan(2);
				expect(distance(meanColour(picture, { left: 32, top: 12, size: 8 }), 0), name).toBeLessThan(2);
				expect(distance(meanColour(picture, { left: 246, top: 10, size: 5 }), 128), name).toBeLessThan(3);
			});
		}
	});

	test('a clip turned by its display matrix is the upright one, turned', async () => {
		const upright = await withSource(clipPath('h264-bframes.mp4'), (source) => source.picture(37));
		await withSource(clipPath('h264-rotated.mp4'), async (source) => {
			expect(source.facts).toMatchObject({ width: 180, height: 320, codedWidth: 320, rotationDegrees: 270 });
			expect(fingerprint(turnedClockwise(await source.picture(37)))).toBe(fingerprint(upright));
			for (let frameIndex = 0; frameIndex < 90; frameIndex++) {
				expect(frameNumber(turnedClockwise(await source.picture(frameIndex)))).toBe(frameIndex);
			}
		});
	});

	test('a damaged file keeps its readable frames, bit for bit, and names the others', async () => {
		const count = 90;
		const broken = Array.from({ length: 15 }, (_, order) => 30 + order);
		await withSource(clipPath('bad-corrupt-middle.mp4'), async (source) => {
			await withSource(clipPath('h264-bframes.mp4'), async (undamaged) => {
				for (let frameIndex = 0; frameIndex < count; frameIndex++) {
					const picture = source.picture(frameIndex);
					if (broken.includes(frameIndex)) {
						await expect(picture).rejects.toMatchObject({ code: 'media.frameUnreadable', data: { frameIndex } });
					} else {
						expect(fingerprint(await picture)).toBe(fingerprint(await undamaged.picture(frameIndex)));
					}
				}
			});
			expect(source.unreadableFrames()).toEqual(broken);
		});
		await withSource(clipPath('bad-corrupt-middle.mp4'), async (source) => {
			const progress: number[] = [];
			expect(await source.check({ onProgress: (done) => progress.push(done) })).toEqual(broken);
			expect(progress.at(-1)).toBe(count);
			// The last frame first, in a source that knows nothing yet.
			expect(frameNumber(await source.picture(89))).toBe(89);
		});
	});
});

describe('the sample clip', () => {
	test('has the same pictures forward, in any order, backward and side by side', () =>
		withSource(samplePath, async (source) => {
			const { frameCount, width, height } = source.facts;
			const seen = async (frameIndex: number) => fingerprint(await source.picture(frameIndex));
			const forward: string[] = [];
			for (let frameIndex = 0; frameIndex < 40; frameIndex++) {
				forward.push(await seen(frameIndex));
			}
			expect(new Set(forward).size).toBe(40);
			const last = await source.picture(frameCount - 1);
			expect(last).toMatchObject({ width, height });
			expect(last.data.length).toBe(width * height * 3);
			for (const frameIndex of shuffled(40).slice(0, 8)) {
				expect(await seen(frameIndex)).toBe(forward[frameIndex]);
			}
			const together = [39, 3, 3, 17, 39];
			expect(await Promise.all(together.map(seen))).toEqual(together.map((frameIndex) => forward[frameIndex]));
			for (let frameIndex = 30; frameIndex >= 0; frameIndex--) {
				expect(await seen(frameIndex)).toBe(forward[frameIndex]);
			}
			const small = await source.picture(5, { maxSide: 100 });
			expect(Math.max(small.width, small.height)).toBe(100);
			expect(await source.decoderName()).toMatch(/^\w+ \d+/);
		}));
});

test('a download that stopped in the middle keeps the frames that came', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'masklet-decode-'));
	const path = join(folder, 'half.mp4');
	const whole = await readFile(samplePath);
	await writeFile(path, whole.subarray(0, whole.length >> 1));
	await withSource(path, async (source) => {
		expect(source.facts.notices).toEqual([
			`The file is cut off (it ends after ${whole.length >> 1} of at least ${whole.length} bytes): frames at its end cannot be read`,
		]);
		const broken = await source.check();
		expect(broken.at(-1)).toBe(source.facts.frameCount - 1);
		const firstBroken = source.facts.frameCount - broken.length;
		expect(broken[0]).toBe(firstBroken);
		await expect(source.picture(firstBroken)).rejects.toMatchObject({ code: 'media.frameUnreadable' });
		await withSource(samplePath, async (undamaged) => {
			const last = await undamaged.picture(firstBroken - 1);
			expect(fingerprint(await source.picture(firstBroken - 1))).toBe(fingerprint(last));
		});
	});
	await rm(folder, { recursive: true });
});

/** By a quarter. */
function turnedClockwise({ width, height, data }: RgbPicture): RgbPicture {
	const turned = new Uint8Array(data.length);
	for (let row = 0; row < height; row++) {
		for (let column = 0; column < width; column++) {
			const from = 3 * (row * width + column);
			turned.set(data.subarray(from, from + 3), 3 * (column * height + (height - 1 - row)));
		}
	}
	return { width: height, height: width, data: turned };
}
