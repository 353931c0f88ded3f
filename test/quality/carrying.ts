import { evaluate } from '../../main/formats/evaluate/evaluate.ts';
import type { MaskletSource } from '../../main/formats/record.ts';
import type { TrackedMask, Tracker } from '../../models/predict/tracker.ts';
import { present } from '../../preload/common/assert.ts';
import { encodeRle, type Rle } from '../../preload/common/rle.ts';
import { mean, wholeRun, type Clip } from './clips.ts';

const { signal } = new AbortController();
/** Predicted IoU is told in ranges of this width. */
const rangeWidth = 0.2;

/** `predictedIou` is null where the object is said to be absent. */
type Row = { predictedIou: number | null; j: number };

/**
 * Mean J and F over the frames after the first, whose true mask is given, as `masklet eval --ends` measures them; and what
 * the predicted IoU is worth.
 */
export async function carrying(tracker: Tracker, clips: readonly Clip[]): Promise<void> {
	const rows: Row[] = [];
	const means: { j: number; f: number }[] = [];
	let millis = 0;
	for (const clip of clips) {
		const tracked: (Pick<TrackedMask, 'presence' | 'scores' | 'frameIndex'> & { mask: Rle })[] = [];
		const results = tracker.track(wholeRun(clip), signal);
		for (;;) {
			const started = performance.now();
			const { value } = await results.next();
			millis += performance.now() - started;
			if (value === undefined) {
				break;
			}
			tracked.push({ ...value, mask: encodeRle(value.mask) });
		}
		const frames = tracked.map(({ frameIndex }) => frameIndex);
		const truth = sourceOf(clip, frames, (frameIndex) => encodeRle(clip.truthAt(frameIndex)));
		const found = sourceOf(clip, frames, (frameIndex) => tracked[frames.indexOf(frameIndex)]!.mask);
		const { j, f, objects } = await evaluate(truth, found, { includesEnds: true });
		const js = present(objects[0], 'object').jPerFrame;
		const own = tracked.map(({ presence, scores }, at): Row => {
			return { predictedIou: presence === 'absent' ? null : scores.predictedIou, j: js[at]! };
		});
		means.push({ j, f });
		rows.push(...own);
		const quarters = [0, 1, 2, 3].map((quarter) =>
			mean(own.filter((_, at) => Math.floor((4 * at) / own.length) === quarter).map((row) => row.j)).toFixed(2),
		);
		console.log(
			`${clip.name.padEnd(12)} J ${j.toFixed(3)}  F ${f.toFixed(3)}  J by quarters ${quarters.join(' ')}  predicted IoU off by ${slack(own)}`,
		);
	}
	const rate = ((1000 * rows.length) / millis).toFixed(1);
	const [meanJ, meanF] = [mean(means.map(({ j }) => j)), mean(means.map(({ f }) => f))];
	console.log(
		`mean J ${meanJ.toFixed(3)}, F ${meanF.toFixed(3)}; ${rate} frames/s, decode included; predicted IoU off by ${slack(rows)}`,
	);
	for (let low = 0; low < 1; low += rangeWidth) {
		const within = judged(rows).filter(({ predictedIou }) => predictedIou >= low && predictedIou < low + rangeWidth);
		if (within.length > 0) {
			const [said, was] = [mean(within.map((row) => row.predictedIou)), mean(within.map((row) => row.j))];
			console.log(`predicted ${said.toFixed(2)}: J ${was.toFixed(2)} on ${within.length} frames`);
		}
	}
}

function sourceOf(clip: Clip, frames: readonly number[], maskAt: (frameIndex: number) => Rle): MaskletSource {
	const { name, frameCount } = clip;
	const { width, height } = clip.truthAt(0);
	return {
		name,
		path: name,
		width,
		height,
		frameCount,
		frameIndexes: Int32Array.from(frames),
		tracks: [{ sourceId: 1, name, label: null, type: 'auto', editedFrameCount: null }],
		warnings: [],
		maskAt: (_, frameIndex) => maskAt(frameIndex),
		close() {},
	};
}

function judged(rows: readonly Row[]): { predictedIou: number; j: number }[] {
	return rows.flatMap(({ predictedIou, j }) => (predictedIou === null ? [] : [{ predictedIou, j }]));
}

function slack(rows: readonly Row[]): string {
	return mean(judged(rows).map(({ predictedIou, j }) => Math.abs(predictedIou - j))).toFixed(3);
}
