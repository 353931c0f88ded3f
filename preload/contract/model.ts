import { z } from 'zod';
import { command, nothing, query } from './define.ts';

export const modelInfo = z.object({
	modelId: z.string(),
	/** "Built-in (basic)". */
	name: z.string(),
	sizeBytes: z.number(),
	/** Where it runs: "CPU". */
	device: z.string(),
	/** Median milliseconds a tracked frame, measured on this device; null before the first run. */
	millisPerFrame: z.number().nullable(),
	licence: z.string(),
});

export const modelContract = {
	list: query(nothing, z.array(modelInfo)),
	/** The project's model for new prompts and runs. */
	choose: command(z.object({ modelId: z.string() }), z.null()),
};

export type ModelInfo = z.infer<typeof modelInfo>;
