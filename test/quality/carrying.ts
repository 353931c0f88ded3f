import { maskIou } from '../../models/predict/blend-masks.ts';
import type { Tracker } from '../../models/predict/tracker.ts';
import { mean, wholeRun, type Clip } from './clips.ts';

const { signal } = new AbortController();
/** Predicted IoU is told in ranges of this width. */
const rangeWidth = 0.2;

/** `predictedIou` is null where the object is said to be absent. */
type Row = { predictedIou: number | null; j: number };

/** Mean J over the frames after the first, whose true mask is given; and what the predicted IoU is worth. */
export async function carrying(tracker: Tracker, clips: readonly Clip[]): Promise<void> {
	const rows: Row[] = [];
	const means: number[] = [];
	let millis = 0;
	for (const clip of clips) {
		const own: Row[] = [];
		const results = tracker.track(wholeRun(clip), signal);
		for (;;) {
			const started = performance.now();
			const { value } = await results.next();
			millis += performance.now() - started;
			if (value === undefined) {
				break;
			}
			own.push({
				predictedIou: value.presence === 'absent' ? null : value.scores.predictedIou,
				j: maskIou(value.mask, clip.truthAt(value.frameIndex)),
			});
		}
		means.push(mean(own.map(({ j }) => j)));
		rows.push(...own);
		const quarters = [0, 1, 2, 3].map((quarter) =>
			mean(own.filter((_, at) => Math.floor((4 * at) / own.length) === quarter).map(({ j }) => j)).toFixed(2),
		);
		console.log(
			`${clip.name.padEnd(12)} J ${means.at(-1)!.toFixed(3)}  by quarters ${quarters.join(' ')}  predicted IoU off by ${slack(own)}`,
		);
	}
	const rate = ((1000 * rows.length) / millis).toFixed(1);
	console.log(
		`mean J ${mean(means).toFixed(3)}; ${rate} frames/s, decode included; predicted IoU off by ${slack(rows)}`,
	);
	for (let low = 0; low < 1; low += rangeWidth) {
		const within = judged(rows).filter(({ predictedIou }) => predictedIou >= low && predictedIou < low + rangeWidth);
		if (within.length > 0) {
			const [said, was] = [mean(within.map((row) => row.predictedIou)), mean(within.map((row) => row.j))];
			console.log(`predicted ${said.toFixed(2)}: J ${was.toFixed(2)} on ${within.length} frames`);
		}
	}
}

function judged(rows: readonly Row[]): { predictedIou: number; j: number }[] {
	return rows.flatMap(({ predictedIou, j }) => (predictedIou === null ? [] : [{ predictedIou, j }]));
}

function slack(rows: readonly Row[]): string {
	return mean(judged(rows).map(({ predictedIou, j }) => Math.abs(predictedIou - j))).toFixed(3);
}
