import { join, resolve } from 'node:path';
import { createMedia } from '../../main/media/index.ts';
import { readSav } from '../../main/formats/sav/read.ts';
import { benchTracker } from '../../models/builtin/bench-tracker.ts';
import { decodeRle } from '../../preload/common/rle.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import { openTestDecoder } from '../media/decoder-page.ts';
import { benchLine, type BenchLine } from './bench-line.ts';

const sampleFolder = join(resolve(import.meta.dirname, '../..'), 'resources/sample');
const frameCount = 24;

/** The built-in tracker on the sample, beside what it cannot do without: the optical flow, both ways. */
export async function bench(): Promise<BenchLine[]> {
	const log = { info() {}, warn() {}, debug() {} };
	const media = createMedia({ openDecoder: openTestDecoder(), cacheBytes: 1 << 26, log });
	const source = await media.open(join(sampleFolder, 'sample.mp4'));
	const pictures: RgbPicture[] = [];
	for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
		pictures.push(await source.picture(frameIndex));
	}
	await media.close();
	const truth = await readSav(join(sampleFolder, 'ground-truth.json'));
	const { oneObjectMillis, twoObjectsMillis, flowMillis } = await benchTracker(
		pictures,
		decodeRle((await truth.maskAt(0, 0))!),
	);
	return [
		benchLine({
			name: 'Built-in tracker, a frame of 854x480',
			ours: oneObjectMillis,
			peer: flowMillis,
			note: "beside Farneback's flow both ways alone",
		}),
		benchLine({
			name: 'Built-in tracker, two objects at once',
			ours: twoObjectsMillis,
			peer: 2 * oneObjectMillis,
			note: 'beside two runs of one object',
		}),
	];
}
