import { join, resolve } from 'node:path';
import { readSav } from '../../main/formats/sav/read.ts';
import { createMedia } from '../../main/media/index.ts';
import type { Anchor, TrackRequest, TrackSegment } from '../../models/predict/tracker.ts';
import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import { decodeRle } from '../../preload/common/rle.ts';
import { openTestDecoder } from '../media/decoder-page.ts';
import { davisFrames, davisPicture, davisTruth } from './davis.ts';

const sampleFolder = join(resolve(import.meta.dirname, '../..'), 'resources/sample');

/** One object of a video whose true masks are known. */
export type Clip = {
	name: string;
	frameCount: number;
	pictureAt: (frameIndex: number) => Promise<RgbPicture>;
	truthAt: (frameIndex: number) => Mask;
};

export function davisClip(sequence: string, frameLimit = Infinity): Clip {
	const frames = davisFrames(sequence).slice(0, frameLimit);
	return {
		name: sequence,
		frameCount: frames.length,
		pictureAt: (frameIndex) => davisPicture(sequence, frames[frameIndex]!),
		truthAt: (frameIndex) => davisTruth(sequence, frames[frameIndex]!),
	};
}

/** The objects of the rendered sample that are there on its first frame, with its decoder open until `close`. */
export async function sampleClips(): Promise<{ clips: Clip[]; close: () => Promise<void> }> {
	const log = { info() {}, warn() {}, debug() {} };
	const media = createMedia({ openDecoder: openTestDecoder(), cacheBytes: 1 << 26, log });
	const source = await media.open(join(sampleFolder, 'sample.mp4'));
	const truth = await readSav(join(sampleFolder, 'ground-truth.json'));
	const clips: Clip[] = [];
	for (let object = 0; object < truth.tracks.length; object++) {
		const masks: Mask[] = [];
		for (let frameIndex = 0; frameIndex < truth.frameCount!; frameIndex++) {
			masks.push(decodeRle((await truth.maskAt(object, frameIndex))!));
		}
		if (masks[0]!.data.includes(1)) {
			clips.push({
				name: `sample ${object + 1}`,
				frameCount: masks.length,
				pictureAt: (frameIndex) => source.picture(frameIndex),
				truthAt: (frameIndex) => masks[frameIndex]!,
			});
		}
	}
	return { clips, close: () => media.close() };
}

/** A run over a clip from its true masks on some frames. */
export function runOf(
	clip: Clip,
	of: { direction: TrackRequest['direction']; anchorFrames: readonly number[]; segments: TrackSegment[] },
): TrackRequest {
	const { direction, anchorFrames, segments } = of;
	const anchors: Anchor[] = anchorFrames.map((frameIndex) => ({
		frameIndex,
		mask: clip.truthAt(frameIndex),
		prompts: [],
	}));
	const { width, height } = anchors[0]!.mask;
	const { frameCount, pictureAt, name: videoKey } = clip;
	return { direction, frameCount, width, height, videoKey, pictureAt, objects: [{ trackId: 1, anchors, segments }] };
}

/** From the first true mask to the end. */
export function wholeRun(clip: Clip): TrackRequest {
	const segments = [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex: clip.frameCount - 1 }];
	return runOf(clip, { direction: 'forward', anchorFrames: [0], segments });
}

export function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
