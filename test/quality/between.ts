import { loadOpenCv } from '../../models/builtin/opencv.ts';
import { maskIou } from '../../models/predict/blend-masks.ts';
import { interpolate } from '../../models/predict/interpolate.ts';
import type { TrackedMask, Tracker, TrackSegment } from '../../models/predict/tracker.ts';
import { mean, runOf, type Clip } from './clips.ts';

const { signal } = new AbortController();
/** A true mask every so many frames. */
const anchorEvery = 20;

/** Mean J between anchors: carried forward, backward, each half from its nearer anchor, and blended. */
export async function between(tracker: Tracker, clips: readonly Clip[]): Promise<void> {
	const cv = await loadOpenCv();
	const means: Record<string, number[]> = {};
	for (const clip of clips) {
		const anchorFrames = Array.from(
			{ length: Math.floor((clip.frameCount - 1) / anchorEvery) + 1 },
			(_, at) => at * anchorEvery,
		);
		const gaps = anchorFrames.slice(1).map((to) => ({ from: to - anchorEvery, to, middle: to - anchorEvery / 2 }));
		const forward = (end: (gap: (typeof gaps)[number]) => number): TrackSegment[] =>
			gaps.map((gap) => ({ anchorFrameIndex: gap.from, firstFrameIndex: gap.from + 1, lastFrameIndex: end(gap) }));
		const backward = (end: (gap: (typeof gaps)[number]) => number): TrackSegment[] =>
			gaps
				.map((gap) => ({ anchorFrameIndex: gap.to, firstFrameIndex: gap.to - 1, lastFrameIndex: end(gap) }))
				.reverse();
		const carry = (direction: 'forward' | 'backward', segments: TrackSegment[]) =>
			jsOf(clip, tracker.track(runOf(clip, { direction, anchorFrames, segments }), signal));
		const whole = forward(({ to }) => to - 1);
		const results = {
			forward: await carry('forward', whole),
			backward: await carry(
				'backward',
				backward(({ from }) => from + 1),
			),
			nearer: [
				...(await carry(
					'forward',
					forward(({ middle }) => middle),
				)),
				...(await carry(
					'backward',
					backward(({ middle }) => middle + 1),
				)),
			],
			blended: await jsOf(
				clip,
				interpolate({ cv, tracker }, runOf(clip, { direction: 'forward', anchorFrames, segments: whole }), signal),
			),
		};
		for (const [name, js] of Object.entries(results)) {
			(means[name] ??= []).push(mean(js));
		}
		console.log(`${clip.name.padEnd(12)} ${line(means, (values) => values.at(-1)!)}`);
	}
	console.log(`an anchor every ${anchorEvery} frames: ${line(means, mean)}`);
}

async function jsOf(clip: Clip, results: AsyncIterable<TrackedMask | null>): Promise<number[]> {
	const js: number[] = [];
	for await (const tracked of results) {
		if (tracked !== null) {
			js.push(maskIou(tracked.mask, clip.truthAt(tracked.frameIndex)));
		}
	}
	return js;
}

function line(means: Record<string, number[]>, of: (values: number[]) => number): string {
	return Object.entries(means)
		.map(([name, values]) => `${name} ${of(values).toFixed(3)}`)
		.join('  ');
}
