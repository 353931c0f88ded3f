import { join, resolve } from 'node:path';
import { openBuiltinTracker } from '../../main/inference/open-builtin.ts';
import { readSav } from '../../main/formats/sav/read.ts';
import { createMedia } from '../../main/media/index.ts';
import { loadOpenCv, Mats, type Cv, type CvMat } from '../../models/builtin/opencv.ts';
import { decodeRle } from '../../preload/common/rle.ts';
import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import { openTestDecoder } from '../media/decoder-page.ts';
import { benchLine, medianOf, type BenchLine } from './bench-line.ts';

const sampleFolder = join(resolve(import.meta.dirname, '../..'), 'resources/sample');
const frameCount = 24;
/** Objects of the sample that are there on all of these frames. */
const [firstObject, secondObject] = [0, 2];
/** Each object alone and both at once, in turns. */
const rounds = 5;

type PictureAt = (frameIndex: number) => Promise<RgbPicture>;

/** The built-in tracker on the sample, beside the optical flow that trackers without a network rest on. */
export async function* bench(): AsyncGenerator<BenchLine> {
	const log = { info() {}, warn() {}, debug() {} };
	// A cache of some frames, so that each run decodes them all again, once.
	const media = createMedia({ openDecoder: openTestDecoder(), cacheBytes: 8 << 20, log });
	const source = await media.open(join(sampleFolder, 'sample.mp4'));
	const pictures: RgbPicture[] = [];
	for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
		pictures.push(await source.picture(frameIndex));
	}
	const kept: PictureAt = (frameIndex) => Promise.resolve(pictures[frameIndex]!);
	const decoded: PictureAt = (frameIndex) => source.picture(frameIndex);
	const truth = await readSav(join(sampleFolder, 'ground-truth.json'));
	const maskOf = async (object: number) => decodeRle((await truth.maskAt(object, 0))!);
	const [first, second] = [await maskOf(firstObject), await maskOf(secondObject)];
	const undecoded: number[] = [];
	const alone: number[] = [];
	const both: number[] = [];
	await carried(kept, [first]);
	for (let round = 0; round < rounds; round++) {
		undecoded.push(await carried(kept, [first]));
		alone.push((await carried(decoded, [first])) / 2 + (await carried(decoded, [second])) / 2);
		both.push(await carried(decoded, [first, second]));
	}
	await media.close();
	yield benchLine({
		name: 'Built-in tracker, a frame of 854x480',
		ours: medianOf(undecoded),
		peer: flowMillis(await loadOpenCv(), pictures),
		note: "beside Farneback's flow both ways at 427x240",
	});
	const [one, two] = [medianOf(alone), medianOf(both)];
	yield benchLine({
		name: 'Built-in tracker, two objects at once',
		ours: two,
		peer: 2 * one,
		note: `beside two runs of one object, decoding included; ${(two / one).toFixed(2)} times one`,
	});
}

/** Milliseconds a frame, the first one left out. */
async function carried(pictureAt: PictureAt, masks: readonly Mask[]): Promise<number> {
	const tracker = await openBuiltinTracker();
	const { width, height } = masks[0]!;
	const lastFrameIndex = frameCount - 1;
	const request = {
		direction: 'forward',
		frameCount,
		width,
		height,
		videoKey: 'bench',
		pictureAt,
		objects: masks.map((mask, trackId) => ({
			trackId,
			anchors: [{ frameIndex: 0, mask, prompts: [] }],
			segments: [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex }],
		})),
	} as const;
	let started = performance.now();
	for await (const tracked of tracker.track(request, new AbortController().signal)) {
		if (tracked.frameIndex === 1) {
			started = performance.now();
		}
	}
	const millis = performance.now() - started;
	await tracker.dispose();
	return millis / (lastFrameIndex - 1);
}

type WithFlow = Cv & {
	readonly COLOR_RGB2GRAY: number;
	calcOpticalFlowFarneback(from: CvMat, to: CvMat, flow: CvMat, ...parameters: number[]): void;
};

function flowMillis(cv: Cv, pictures: readonly RgbPicture[]): number {
	const { COLOR_RGB2GRAY, calcOpticalFlowFarneback } = cv as WithFlow;
	using mats = new Mats(cv);
	const greys = pictures.map(({ data, width, height }) => {
		using own = new Mats(cv);
		const small = own.create();
		cv.resize(own.from8U(data, height, width, cv.CV_8UC3), small, new cv.Size(427, 240), 0, 0, cv.INTER_AREA);
		const grey = mats.create();
		cv.cvtColor(small, grey, COLOR_RGB2GRAY);
		return grey;
	});
	const flow = mats.create();
	const started = performance.now();
	for (let index = 1; index < greys.length; index++) {
		for (const [from, to] of [
			[greys[index - 1]!, greys[index]!],
			[greys[index]!, greys[index - 1]!],
		] as const) {
			calcOpticalFlowFarneback(from, to, flow, 0.5, 5, 15, 3, 5, 1.2, 0);
		}
	}
	return (performance.now() - started) / (greys.length - 1);
}
