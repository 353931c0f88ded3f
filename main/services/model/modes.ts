import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readManifest } from '../../inference/compile.ts';
import { compileInProcess } from '../../inference/compile-in-child.ts';
import type { InferenceModel } from '../../inference/inference.ts';
import { COMPILER_VERSION, type ModelManifest } from '../../inference/manifest.ts';
import type { GraphVariant } from '../../../models/sam2/build.ts';
import { defaultModes, modeNames, type ModelModes, type ModeName } from '../../../preload/common/model-modes.ts';
import { isStudioError, StudioError } from '../../../preload/common/studio-error.ts';
import { modelModes } from '../../../preload/contract/model.ts';
import type { Channel } from '../../../preload/rpc/channel.ts';

type Progress = { signal: AbortSignal; onProgress: (share: number) => void };

/** How models run on this machine: what the user chose, a model each, and the graphs that a choice needs. */
export interface ModelModesKeeper {
	of(modelId: string): ModelModes;
	/** Names the graphs that its modes need; null for its own. */
	graphsOf(modelId: string): string | null;
	/** Modes that a model has. */
	namesOf(model: InferenceModel): Promise<ModeName[]>;
	/** The model as its modes want it run. */
	applied(model: InferenceModel): InferenceModel;
	/** @throws model.noModes, model.weightsGone, weights.*, disk.full */
	set(
		model: InferenceModel,
		change: Partial<ModelModes>,
		options: Progress & { isLasting: boolean },
	): Promise<ModelModes>;
	/** Whether the graphs of its modes are missing, or of an older compiler, and can be made from its weights file. */
	isOutdated(model: InferenceModel): Promise<boolean>;
	/** Makes them. */
	renew(model: InferenceModel, options: Progress): Promise<void>;
	forget(modelId: string): Promise<void>;
}

const fileContents = z.record(z.string(), modelModes.partial());

export function createModelModes(deps: {
	/** The file of what was chosen. */
	path: string;
	/** Where graphs of variants lie: a folder a model, in it one a variant. */
	folder: string;
	spawn: () => Channel | Promise<Channel>;
}): ModelModesKeeper {
	const { path, folder } = deps;
	const passing = new Map<string, ModelModes>();

	function chosen(): Record<string, Partial<ModelModes>> {
		try {
			const { data } = fileContents.safeParse(JSON.parse(readFileSync(path, 'utf8')));
			return data ?? {};
		} catch {
			return {};
		}
	}

	async function write(contents: Record<string, Partial<ModelModes>>): Promise<void> {
		const partial = `${path}.partial`;
		await mkdir(dirname(path), { recursive: true });
		await writeFile(partial, `${JSON.stringify(contents, null, '\t')}\n`);
		await rename(partial, path);
	}

	function of(modelId: string): ModelModes {
		return passing.get(modelId) ?? { ...defaultModes, ...chosen()[modelId] };
	}

	/** The folder of the graphs that the modes need; null for the model's own. */
	function variantFolder(modelId: string, modes: ModelModes): string | null {
		const variant = variantOf(modes);
		return variant === null ? null : join(folder, modelId, variant);
	}

	function variantOf(modes: ModelModes): string | null {
		const parts = [
			modes.size === 'half' ? 'half' : [],
			modes.weights === 'int8' ? 'int8' : [],
			modes.places === 'pooled' ? 'pooled' : [],
		].flat();
		return parts.length === 0 ? null : parts.join('-');
	}

	async function makeGraphs(model: InferenceModel, modes: ModelModes, options: Progress): Promise<void> {
		const outFolder = variantFolder(model.modelId, modes);
		if (outFolder === null || model.source.kind !== 'sam2') {
			return;
		}
		const { source, imageSize } = await readManifest(model.source.folder);
		if (await isMade(outFolder, source.sha256)) {
			return;
		}
		const variant: GraphVariant = {
			precision: modes.weights,
			memoryPooling: modes.places === 'pooled' ? 2 : 1,
		};
		await mkdir(dirname(outFolder), { recursive: true });
		try {
			await compileInProcess({
				spawn: deps.spawn,
				source: source.path,
				outFolder,
				imageSize: modes.size === 'half' ? imageSize / 2 : imageSize,
				variant,
				...options,
			});
		} catch (error) {
			const isGone = isStudioError(error, 'file.notFound');
			throw isGone ? new StudioError('model.weightsGone', { path: source.path }, { cause: error }) : error;
		}
	}

	return {
		of,
		graphsOf: (modelId) => variantOf(of(modelId)),
		async namesOf(model) {
			return model.source.kind === 'sam2' ? namesFor(await readManifest(model.source.folder)) : [];
		},
		applied(model) {
			if (model.source.kind !== 'sam2') {
				return model;
			}
			const modes = of(model.modelId);
			const source = {
				...model.source,
				folder: variantFolder(model.modelId, modes) ?? model.source.folder,
				memoryFrames: Number(modes.memory),
				stride: Number(modes.stride),
			};
			return { ...model, source };
		},
		async set(model, change, { isLasting, ...options }) {
			const { modelId, source } = model;
			const names = source.kind === 'sam2' ? namesFor(await readManifest(source.folder)) : [];
			const wrong = modeNames.find((name) => {
				return !names.includes(name) && change[name] !== undefined && change[name] !== defaultModes[name];
			});
			if (wrong !== undefined) {
				throw new StudioError('model.noModes', { modelId, mode: wrong });
			}
			const modes = { ...of(modelId), ...change };
			await makeGraphs(model, modes, options);
			options.signal.throwIfAborted();
			if (isLasting) {
				passing.delete(modelId);
				await write({ ...chosen(), [modelId]: modes });
			} else {
				passing.set(modelId, modes);
			}
			return modes;
		},
		async isOutdated(model) {
			const outFolder = variantFolder(model.modelId, of(model.modelId));
			if (outFolder === null || model.source.kind !== 'sam2') {
				return false;
			}
			const { source } = await readManifest(model.source.folder);
			return !(await isMade(outFolder, source.sha256)) && existsSync(source.path);
		},
		renew: (model, options) => makeGraphs(model, of(model.modelId), options),
		async forget(modelId) {
			passing.delete(modelId);
			const { [modelId]: known, ...others } = chosen();
			if (known !== undefined) {
				await write(others);
			}
			await rm(join(folder, modelId), { recursive: true, force: true });
		},
	};
}

async function isMade(folder: string, sha256: string): Promise<boolean> {
	const made = await readManifest(folder).catch(() => null);
	return made?.compilerVersion === COMPILER_VERSION && made.source.sha256 === sha256;
}

/** Half of 512 is too little to see anything by. */
function namesFor({ imageSize }: ModelManifest): ModeName[] {
	return modeNames.filter((name) => name !== 'size' || imageSize === 1024);
}
