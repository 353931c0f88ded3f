import { z } from 'zod';
import { command, job, nothing, query } from './define.ts';

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

const modelId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'an id is letters, digits, dots, dashes');

export const modelContract = {
	list: query(nothing, z.array(modelInfo)),
	/** The project's model for new prompts and runs. */
	choose: command(z.object({ modelId: z.string() }), z.null()),
	/**
	 * Makes a model of a SAM 2 or 2.1 weights file (.pt or .safetensors), which is read and never run. Without an id it
	 * is called after its network: "sam2.1-tiny".
	 */
	add: job(
		z.object({
			path: z.string().min(1),
			modelId: modelId.optional(),
			/** Edge of the square that pictures are resized to: 1024, or 512, which is coarser and quicker. */
			imageSize: z.union([z.literal(1024), z.literal(512)]).optional(),
		}),
		modelInfo,
	),
	/** Removes a model that was added; the weights file is left alone. */
	remove: command(z.object({ modelId: z.string() }), z.null()),
};

export type ModelInfo = z.infer<typeof modelInfo>;
