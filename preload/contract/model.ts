import { z } from 'zod';
import { modeNames, type ModelModes } from '../common/model-modes.ts';
import { command, job, nothing, query, rowId } from './define.ts';

export const modelInfo = z.object({
	modelId: z.string(),
	/** "Built-in (basic)". */
	name: z.string(),
	sizeBytes: z.number(),
	/** Where it runs: "CPU". */
	device: z.string(),
	/** Milliseconds a frame of one object, measured on this device; null before that. */
	millisPerFrame: z.number().nullable(),
	licence: z.string(),
});

export const modelId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'an id is letters, digits, dots, dashes');

const modelName = z.string().trim().min(1).max(80);

/** A model that can be used, with what the models page tells of it. */
export const ownedModel = modelInfo.extend({
	origin: z.enum(['builtin', 'added', 'official']),
	/** The official checkpoint that it was made of. */
	catalogueId: z.string().nullable(),
	/** What its network is called: "SAM 2.1 tiny". */
	network: z.string(),
	/** Another version of Masklet made it and its weights file is gone: it works again once that is fetched or added. */
	needsWeights: z.boolean(),
	/** The weights file that it was made of; null for the built-in one. */
	weights: z
		.object({
			path: z.string(),
			isThere: z.boolean(),
			/** What Masklet fetched and keeps of it; 0 for a file of one's own, which is not Masklet's to delete. */
			keptBytes: z.number(),
			sha256: z.string(),
		})
		.nullable(),
});

export const officialCheckpoint = z.object({
	catalogueId: z.string(),
	name: z.string(),
	url: z.string(),
	/** As published, not exact. */
	approximateBytes: z.number(),
	parametersMillions: z.number(),
	licence: z.string(),
	/** J&F in percent, as published. */
	accuracy: z.object({ savTest: z.number(), moseVal: z.number(), lvosV2Val: z.number() }).nullable(),
	/** The model that was made of it; null where there is none yet. */
	modelId: z.string().nullable(),
	/** What has come of a download that broke off or is under way. */
	partial: z.object({ receivedBytes: z.number(), totalBytes: z.number().nullable() }).nullable(),
	/** Where the file goes, or may be put by hand. */
	path: z.string(),
	isFileThere: z.boolean(),
	/** The job that fetches it. */
	jobId: rowId.nullable(),
});

export const modelLibrary = z.object({
	/** The folder of the models. */
	folder: z.string(),
	/** Built-in first. */
	models: z.array(ownedModel),
	official: z.array(officialCheckpoint),
	/** Where the published numbers are from. */
	accuracySource: z.string(),
	space: z.object({
		modelsBytes: z.number(),
		/** Weights files that Masklet fetched. */
		weightsBytes: z.number(),
		/** Of downloads that are not whole. */
		partialBytes: z.number(),
		/** On the disk; null where the system does not say. */
		freeBytes: z.number().nullable(),
	}),
});

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
	/** Removes a model, and its weights file where Masklet fetched it; a file of one's own is left alone. */
	remove: command(z.object({ modelId: z.string() }), z.null()),
	/** What the models page shows. */
	library: query(nothing, modelLibrary),
	/**
	 * Fetches an official checkpoint and makes a model of it. Goes on where an earlier time broke off; what has come is
	 * kept when it is cancelled. A file that stands in its place already is taken instead.
	 */
	get: job(z.object({ catalogueId: z.string(), modelId: modelId.optional() }), modelInfo),
	/** What a model is called; null gives it its network's name again. Its id, which projects refer to, stays. */
	rename: command(z.object({ modelId: z.string(), name: modelName.nullable() }), z.null()),
	/** Shows a model's folder in the file manager; tells where it is where the host has none. */
	reveal: command(z.object({ modelId: z.string() }), z.object({ path: z.string(), isShown: z.boolean() })),
	/** Deletes the weights file that Masklet fetched; the model works on until a new version has to make it again. */
	freeWeights: command(z.object({ modelId: z.string() }), z.object({ freedBytes: z.number() })),
	/** Deletes what has come of a broken download; of all of them where none is named. */
	dropDownload: command(z.object({ catalogueId: z.string().optional() }), z.object({ freedBytes: z.number() })),
};

export type ModelInfo = z.infer<typeof modelInfo>;
export type OwnedModel = z.infer<typeof ownedModel>;
export type OfficialCheckpoint = z.infer<typeof officialCheckpoint>;
export type ModelLibraryInfo = z.infer<typeof modelLibrary>;
