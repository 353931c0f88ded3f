import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FeatureFiles } from '../../../main/inference/feature-files.ts';

const BYTES_EACH = 1000;
let folder = '';

beforeEach(() => {
	folder = join(mkdtempSync(join(tmpdir(), 'masklet-feature-files-')), 'features');
});
afterEach(() => {
	rmSync(join(folder, '..'), { recursive: true, force: true });
});

function filesOf(options: { frames: number; modelKey?: string }): FeatureFiles {
	const { frames, modelKey = 'tiny' } = options;
	return new FeatureFiles({ folder, limitBytes: frames * (BYTES_EACH + 4), modelKey });
}

const place = (frameIndex: number, video = 'clip') => ({ video, frameIndex, isLasting: true });
const bytesOf = (frameIndex: number) => new Uint8Array(BYTES_EACH).fill(frameIndex);
const focusOn = (video: string, ...anchors: number[]) => ({ video, anchors: new Set(anchors) });

async function framesOf(files: FeatureFiles, video = 'clip'): Promise<number[]> {
	const found: number[] = [];
	for (let frameIndex = 0; frameIndex < 40; frameIndex++) {
		if ((await files.read(place(frameIndex, video))) !== null) {
			found.push(frameIndex);
		}
	}
	return found;
}

it('gives back what was written, to a later process too, and nothing that was cut, altered or deleted', async () => {
	const files = filesOf({ frames: 100 });
	for (const frameIndex of [1, 2, 3, 4]) {
		await files.write(place(frameIndex), bytesOf(frameIndex), focusOn('clip', 1));
	}
	const later = filesOf({ frames: 100 });
	expect(await later.read(place(2))).toEqual(bytesOf(2));
	expect(await later.read(place(2, 'other'))).toBeNull();
	expect(await filesOf({ frames: 100, modelKey: 'large' }).read(place(2))).toBeNull();

	const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.features'));
	expect(paths.map((path) => path.slice(-10)).sort()).toEqual(['1.features', '2.features', '3.features', '4.features']);
	const [first, second] = paths.sort().map((path) => join(folder, path));
	writeFileSync(first!, readFileSync(first!).subarray(0, 500));
	const altered = readFileSync(second!);
	altered[10] = 99;
	writeFileSync(second!, altered);
	expect(await framesOf(later)).toEqual([3, 4]);
	rmSync(folder, { recursive: true });
	expect(await framesOf(later)).toEqual([]);
	await later.write(place(5), bytesOf(5), focusOn('clip', 1));
	expect(await framesOf(later)).toEqual([5]);
});

it('stays within its bytes: other videos go first, then what is farthest from the anchors', async () => {
	const other = filesOf({ frames: 20, modelKey: 'large' });
	for (const frameIndex of [0, 1]) {
		await other.write(place(frameIndex, 'old'), bytesOf(frameIndex), focusOn('old', 0));
	}
	const aged = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.features'));
	aged.forEach((path) => utimesSync(join(folder, path), 1, 1));
	const files = filesOf({ frames: 20 });
	for (let frameIndex = 10; frameIndex < 30; frameIndex++) {
		await files.write(place(frameIndex), bytesOf(frameIndex), focusOn('clip', 10));
	}
	// 18 frames and the two old ones fill it; frame 28 drives the old ones out, down to 95 %; 29 still fits.
	expect(await framesOf(other, 'old')).toEqual([]);
	expect(await framesOf(files)).toEqual(Array.from({ length: 20 }, (_, index) => 10 + index));
	// The farthest of all is not even written; one near the anchor drives out the farthest ones.
	await files.write(place(35), bytesOf(35), focusOn('clip', 10));
	expect((await framesOf(files)).at(-1)).toBe(29);
	await files.write(place(9), bytesOf(9), focusOn('clip', 10));
	expect(await framesOf(files)).toEqual([9, ...Array.from({ length: 18 }, (_, index) => 10 + index)]);
	// A place that cannot be written to keeps nothing, and says nothing.
	rmSync(folder, { recursive: true });
	writeFileSync(folder, 'a file');
	await files.write(place(9), bytesOf(9), focusOn('clip', 10));
	expect(await files.read(place(9))).toBeNull();
});
