import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createMedia } from '../../main/media/index.ts';
import { clipPath, hasClips, samplePath } from './clips.ts';
import { openTestDecoder, quietLog } from './decoder-page.ts';

const folder = await mkdtemp(join(tmpdir(), 'masklet-probe-'));
const media = createMedia({ openDecoder: openTestDecoder(), cacheBytes: 1 << 20, log: quietLog });
afterAll(async () => {
	await media.close();
	await rm(folder, { recursive: true });
});

async function sentence(path: string): Promise<string> {
	const error = await media.probe(path).then(
		() => new Error('it was taken'),
		(error: unknown) => error as Error,
	);
	return error.message.replace(path, 'PATH');
}

const convert = 'Convert it: ffmpeg -i INPUT -c:v libx264 -crf 12 -pix_fmt yuv420p OUTPUT.mp4: PATH';

describe('what is no video is told with the way out', () => {
	test('made here', async () => {
		const file = async (name: string, bytes: Uint8Array | string) => {
			await writeFile(join(folder, name), bytes);
			return join(folder, name);
		};
		const sample = await readFile(samplePath);
		expect(await sentence(join(folder, 'nowhere.mp4'))).toBe('There is no file or folder at this path: PATH');
		expect(await sentence(await file('empty.mp4', ''))).toBe('The file is empty. Copy or download it again: PATH');
		expect(await sentence(await file('tiny.mp4', 'x'))).toMatch(/^This is not a video that Masklet knows/);
		expect(await sentence(await file('noise.mkv', Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 9, 9, 9, 9)))).toMatch(
			/^(The file cannot be read as a video|This is not a video that Masklet knows)/,
		);
		expect(await sentence(await file('film.flv', 'FLV\x01\x05'))).toBe(
			`FLV files cannot be read; Masklet reads MP4, MOV, MKV and WebM. ${convert}`,
		);
		expect(await sentence(await file('head.mp4', sample.subarray(0, 24)))).toMatch(/^The file is cut off/);
		const scrambled = Uint8Array.from(sample);
		const moov = sample.indexOf('moov');
		scrambled.fill(0xee, moov + 40, moov + 400);
		expect(await sentence(await file('scrambled.mp4', scrambled))).toMatch(
			/^(The file cannot be read as a video|The file has sound but no picture)/,
		);
	});

	test.skipIf(!hasClips)('the broken clips', async () => {
		const sentences: { [name: string]: string } = {};
		for (const name of ['bad-audio-only.mp4', 'bad-empty.mp4', 'bad-text.mp4', 'bad-truncated.mp4']) {
			sentences[name] = await sentence(clipPath(name));
		}
		for (const name of ['hevc.mp4', 'hevc-10bit.mp4', 'mjpeg.avi']) {
			sentences[name] = await sentence(clipPath(name));
		}
		const hevc = `HEVC video cannot be decoded here; H.264, VP8, VP9, AV1 and ProRes can. ${convert}`;
		expect(sentences).toEqual({
			'bad-audio-only.mp4': 'The file has sound but no picture. Choose a file with a video track: PATH',
			'bad-empty.mp4': 'The file is empty. Copy or download it again: PATH',
			'bad-text.mp4':
				'This is not a video that Masklet knows: it reads MP4, MOV, MKV and WebM files and folders of JPEG or PNG pictures: PATH',
			'bad-truncated.mp4':
				'The file is cut off (it ends after 20000 of at least 86391 bytes), as after a broken copy, download or recording. Copy it again: PATH',
			'hevc.mp4': hevc,
			'hevc-10bit.mp4': hevc,
			'mjpeg.avi': `AVI files cannot be read; Masklet reads MP4, MOV, MKV and WebM. ${convert}`,
		});
	});
});

describe.skipIf(!hasClips)('facts', () => {
	test('of a plain clip, whole', async () => {
		const { facts, index } = await media.probe(clipPath('h264-with-audio.mp4'));
		expect(facts).toEqual({
			path: clipPath('h264-with-audio.mp4'),
			kind: 'file',
			container: 'MP4',
			codec: 'H.264',
			width: 320,
			height: 180,
			codedWidth: 320,
			codedHeight: 180,
			rotationDegrees: 0,
			pixelAspect: 1,
			frameCount: 90,
			durationSeconds: expect.closeTo(3, 5),
			frameRate: expect.closeTo(30, 5),
			isVariableRate: false,
			keyframeCount: 2,
			sizeBytes: 128143,
			hasAudio: true,
			colour: { matrix: 'bt601', range: 'limited', isAssumed: true },
			notices: [],
		});
		expect([...index.keyPositions]).toEqual([0, 45]);
	});

	test('times of a variable rate, an edit list and an NTSC rate', async () => {
		const times = async (name: string) => {
			const { facts, index } = await media.probe(clipPath(name));
			return { isVariableRate: facts.isVariableRate, pts: [...index.ptsSeconds] };
		};
		const near = (isVariableRate: boolean, seconds: (n: number) => number) => ({
			isVariableRate,
			pts: Array.from({ length: 90 }, (_, n) => expect.closeTo(seconds(n), 4)),
		});
		expect(await times('h264-vfr.mp4')).toEqual(near(true, (n) => (n + 2 * Math.floor(n / 3)) / 30));
		expect(await times('h264-editlist.mp4')).toEqual(near(false, (n) => 0.5 + n / 30));
		expect(await times('h264-ntsc.mp4')).toEqual(near(false, (n) => (n * 1001) / 30000));
	});

	test('a long walk ends when it is no longer wanted', async () => {
		await expect(media.probe(clipPath('h264-bframes.mp4'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
			name: 'AbortError',
		});
	});
});
