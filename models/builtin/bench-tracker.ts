import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import { createBuiltinTracker } from './builtin-tracker.ts';
import { flowBetween } from './flow.ts';
import { loadOpenCv } from './opencv.ts';
import { trackPixels } from './track.ts';
import { toWorkingFrame, workingSize } from './working-frame.ts';

export type TrackerBench = {
	/** Milliseconds a frame, first frame left out: one object, two objects, and Farneback's flow both ways alone. */
	oneObjectMillis: number;
	twoObjectsMillis: number;
	flowMillis: number;
	/** Tracker over flow: what the rest of the model costs beside what cannot be done without. */
	ratio: number;
};

/** Times the tracker on some pictures of one video, beside the flow alone in the same process. */
export async function benchTracker(pictures: readonly RgbPicture[], firstMask: Mask): Promise<TrackerBench> {
	const tracker = await createBuiltinTracker();
	const { width, height } = firstMask;
	const lastFrameIndex = pictures.length - 1;
	const timed = async (count: number): Promise<number> => {
		const objects = Array.from({ length: count }, (_, trackId) => ({
			trackId,
			anchors: [{ frameIndex: 0, mask: firstMask, prompts: [] }],
			segments: [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex }],
		}));
		const pictureAt = async (frameIndex: number) => pictures[frameIndex]!;
		const request = { direction: 'forward', frameCount: pictures.length, width, height, objects, pictureAt } as const;
		let started = performance.now();
		for await (const tracked of tracker.track({ ...request, videoKey: 'bench' }, new AbortController().signal)) {
			if (tracked.frameIndex === 1) {
				started = performance.now();
			}
		}
		return (performance.now() - started) / (lastFrameIndex - 1);
	};
	await timed(1);
	const oneObjectMillis = await timed(1);
	const twoObjectsMillis = await timed(2);
	const cv = await loadOpenCv();
	const size = workingSize(firstMask, trackPixels);
	const frames = pictures.map((picture) => toWorkingFrame(cv, picture, size));
	const started = performance.now();
	for (let index = 1; index < frames.length; index++) {
		flowBetween(cv, frames[index - 1]!, frames[index]!);
	}
	const flowMillis = (performance.now() - started) / lastFrameIndex;
	await tracker.dispose();
	return { oneObjectMillis, twoObjectsMillis, flowMillis, ratio: oneObjectMillis / flowMillis };
}
