import { z } from 'zod';
import { frameIndex, job, rowId } from './define.ts';
import { maskBytes, prompt, scores } from './track.ts';

export const segmentContract = {
	/** The mask that prompts would give, without recording anything: the preview under the cursor. */
	preview: job(
		z.object({ videoId: rowId, frameIndex, prompts: z.array(prompt).min(1), modelId: z.string().optional() }),
		z.object({
			mask: maskBytes,
			scores,
			candidates: z.array(z.object({ mask: maskBytes, predictedIou: z.number() })),
		}),
	),
	/** Encodes a frame ahead, so that the next click on it is quick; the next call takes the place of this one. */
	prepare: job(z.object({ videoId: rowId, frameIndex }), z.null()),
};
