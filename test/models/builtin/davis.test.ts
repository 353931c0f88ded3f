import { expect, test } from 'vitest';
import { openBuiltinTracker } from '../../../main/inference/open-builtin.ts';
import { maskIou } from '../../../models/predict/blend-masks.ts';
import { davisClip, wholeRun } from '../../quality/clips.ts';
import { davisSequences, hasDavis } from '../../quality/davis.ts';

/** Frames looked at of each sequence; `npm run quality` looks at all. */
const frameLimit = 16;

test.skipIf(!hasDavis)(
	'the built-in tracker carries the first true mask through DAVIS (skipped without ../shared/data)',
	async () => {
		const tracker = await openBuiltinTracker();
		const signal = new AbortController().signal;
		const means = new Map<string, number>();
		let slack = 0;
		let count = 0;
		for (const sequence of davisSequences) {
			const clip = davisClip(sequence, frameLimit);
			const lastFrameIndex = clip.frameCount - 1;
			const reached: number[] = [];
			let sum = 0;
			for await (const tracked of tracker.track(wholeRun(clip), signal)) {
				const j = maskIou(tracked.mask, clip.truthAt(tracked.frameIndex));
				sum += j;
				count++;
				reached.push(tracked.frameIndex);
				slack += Math.abs(tracked.scores.predictedIou! - j);
				expect(tracked.mask.data.includes(1)).toBe(tracked.presence !== 'absent');
			}
			expect(reached).toEqual(Array.from({ length: lastFrameIndex }, (_, index) => index + 1));
			means.set(sequence, sum / lastFrameIndex);
		}
		const mean = [...means.values()].reduce((sum, value) => sum + value, 0) / means.size;
		console.log(
			[...means].map(([sequence, j]) => `${sequence} ${j.toFixed(3)}`).join(', '),
			`mean J ${mean.toFixed(3)}, mean error of predicted IoU ${(slack / count).toFixed(3)}`,
		);
		expect(mean).toBeGreaterThan(0.83);
		for (const [sequence, j] of means) {
			expect(j, sequence).toBeGreaterThan(0.75);
		}
	},
	600_000,
);
