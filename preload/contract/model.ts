import { z } from 'zod';
import { modeNames, type ModelModes } from '../common/model-modes.ts';
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

/** See `preload/common/model-modes.ts`. */
export const modelModes = z.object({
	size: z.enum(['full', 'half']),
	weights: z.enum(['fp32', 'int8']),
	memory: z.enum(['6', '3', '1']),
	places: z.enum(['all', 'pooled']),
	stride: z.enum(['1', '2', '4']),
}) satisfies z.ZodType<ModelModes>;

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
	/** How a model runs on this machine, and the modes that it has: none for the built-in one. */
	modes: query(z.object({ modelId: z.string() }), z.object({ modes: modelModes, has: z.array(z.enum(modeNames)) })),
	/**
	 * Changes modes of a model for every project on this machine, or with `isLasting` false until this Masklet ends. Some
	 * need graphs of their own, which are made of the weights file first.
	 */
	setModes: job(
		z.object({ modelId: z.string(), modes: modelModes.partial(), isLasting: z.boolean().default(true) }),
		modelModes,
	),
	/** Removes a model that was added; the weights file is left alone. */
	remove: command(z.object({ modelId: z.string() }), z.null()),
};

export type ModelInfo = z.infer<typeof modelInfo>;
