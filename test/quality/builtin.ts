/**
 * `npm run quality`: how well the built-in model does on DAVIS. From the first true mask, mean J over the frames after
 * it; and the IoU of a first mask from a true box or from clicks, on the first and the middle frame of each sequence,
 * with an automatic clicker. The model card (`models/builtin/README.md`) has these numbers.
 */
import { openBuiltinTracker } from '../../main/inference/open-builtin.ts';
import type { Prompt } from '../../preload/common/prompt.ts';
import type { Mask } from '../../preload/common/picture.ts';
import { Clicker } from './clicker.ts';
import { davisFrames, davisPicture, davisRun, davisSequences, davisTruth, hasDavis, iouOf } from './davis.ts';

const clicks = 5;
const signal = new AbortController().signal;

if (!hasDavis) {
	console.log('skipped: the DAVIS sequences are not beside the project');
	process.exit(0);
}
const tracker = await openBuiltinTracker();
const clicker = await Clicker.create();
const wanted = process.argv.slice(2);
const sequences = wanted.length > 0 ? wanted : davisSequences;

const fromBox: number[][] = [];
const fromClick: number[][] = [];
for (const sequence of sequences) {
	const frames = davisFrames(sequence);
	for (const frame of [frames[0]!, frames[frames.length >> 1]!]) {
		const truth = davisTruth(sequence, frame);
		const pictureKey = `${sequence}:${frame}`;
		const picture = await davisPicture(sequence, frame);
		const nothing: Mask = { width: truth.width, height: truth.height, data: new Uint8Array(truth.data.length) };
		for (const [first, rows] of [
			[clicker.box(truth), fromBox],
			[clicker.click(truth, nothing)!, fromClick],
		] as const) {
			const prompts: Prompt[] = [first];
			const row: number[] = [];
			for (;;) {
				const { mask } = await tracker.prompt({ picture, pictureKey, prompts }, signal);
				row.push(iouOf(mask, truth));
				const next = row.length <= clicks ? clicker.click(truth, mask) : null;
				if (next === null) {
					break;
				}
				prompts.push(next);
			}
			rows.push(row);
		}
	}
}
const line = (rows: number[][]) =>
	Array.from({ length: clicks + 1 }, (_, turn) =>
		mean(rows.map((row) => row[Math.min(turn, row.length - 1)]!)).toFixed(2),
	);
console.log(`from a true box, then after 1 to ${clicks} corrections: ${line(fromBox).join(' ')}`);
console.log(`from one click, then after 1 to ${clicks} more: ${line(fromClick).join(' ')}`);

const means: number[] = [];
let framesDone = 0;
let millis = 0;
for (const sequence of sequences) {
	const frames = davisFrames(sequence);
	const js: number[] = [];
	let slack = 0;
	const started = performance.now();
	for await (const { mask, frameIndex, scores } of tracker.track(davisRun(sequence, frames), signal)) {
		const j = iouOf(mask, davisTruth(sequence, frames[frameIndex]!));
		js.push(j);
		slack += Math.abs(scores.predictedIou! - j);
	}
	millis += performance.now() - started;
	framesDone += js.length;
	means.push(mean(js));
	console.log(
		`${sequence.padEnd(12)} J ${mean(js).toFixed(3)}  predicted IoU off by ${(slack / js.length).toFixed(3)}`,
	);
}
console.log(`mean J ${mean(means).toFixed(3)}; ${((1000 * framesDone) / millis).toFixed(1)} frames/s, decode included`);
await tracker.dispose();

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
