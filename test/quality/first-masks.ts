import { maskIou } from '../../models/predict/blend-masks.ts';
import type { Tracker } from '../../models/predict/tracker.ts';
import type { Mask } from '../../preload/common/picture.ts';
import type { Prompt } from '../../preload/common/prompt.ts';
import { Clicker } from './clicker.ts';
import { mean, type Clip } from './clips.ts';

const corrections = 5;
const { signal } = new AbortController();

/**
 * IoU of a first mask from a true box, and from one click, then after 1 to 5 corrections by an automatic clicker: means
 * over frames at the start and the middle of each clip.
 */
export async function firstMasks(tracker: Tracker, clips: readonly Clip[]): Promise<void> {
	const clicker = await Clicker.create();
	const rows: Record<'box' | 'click', number[][]> = { box: [], click: [] };
	let slack = 0;
	for (const clip of clips) {
		const own: typeof rows = { box: [], click: [] };
		for (const frameIndex of [0, clip.frameCount >> 1]) {
			const truth = clip.truthAt(frameIndex);
			if (!truth.data.includes(1)) {
				continue;
			}
			const picture = await clip.pictureAt(frameIndex);
			const nothing: Mask = { ...truth, data: new Uint8Array(truth.data.length) };
			const firsts = { box: clicker.box(truth), click: clicker.click(truth, nothing)! };
			for (const kind of ['box', 'click'] as const) {
				const prompts: Prompt[] = [firsts[kind]];
				const row: number[] = [];
				while (row.length <= corrections) {
					const pictureKey = `${clip.name}:${frameIndex}`;
					const { mask, scores } = await tracker.prompt({ picture, pictureKey, prompts }, signal);
					row.push(maskIou(mask, truth));
					slack += Math.abs(scores.predictedIou! - row.at(-1)!);
					const next = clicker.click(truth, mask);
					if (next === null) {
						break;
					}
					prompts.push(next);
				}
				own[kind].push(Array.from({ length: corrections + 1 }, (_, turn) => row[Math.min(turn, row.length - 1)]!));
			}
		}
		rows.box.push(...own.box);
		rows.click.push(...own.click);
		console.log(`${clip.name.padEnd(12)} box ${line(own.box)}   click ${line(own.click)}`);
	}
	console.log(`from a true box, then after 1 to ${corrections} corrections: ${line(rows.box)}`);
	console.log(`from one click, then after 1 to ${corrections} more: ${line(rows.click)}`);
	const count = (rows.box.length + rows.click.length) * (corrections + 1);
	console.log(`predicted IoU off by ${(slack / count).toFixed(3)}`);
}

function line(rows: readonly number[][]): string {
	return rows[0]!.map((_, turn) => mean(rows.map((row) => row[turn]!)).toFixed(2)).join(' ');
}
