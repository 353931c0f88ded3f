import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_NAME } from '../../inference/compile.ts';
import { compileInProcess } from '../../inference/compile-in-child.ts';
import { builtinModelId, type InferenceModel } from '../../inference/inference.ts';
import { COMPILER_VERSION, configOf, modelManifest, type ModelManifest } from '../../inference/manifest.ts';
import { networkName } from '../../../models/sam2/inspect.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { Channel } from '../../../preload/rpc/channel.ts';
import { type AboutModel, type OfficialSource, readAbout, removeAbout, writeAbout } from './about.ts';

export type AddModel = {
	path: string;
	modelId: string | undefined;
	/** 1024 when left out. */
	imageSize?: number;
	/** It was free before its weights came into their place, which makes the model of before whole again. */
	isReplacement?: boolean;
	/** The official checkpoint that it is of. */
	official?: OfficialSource;
	/** Refuses what was read before it becomes a model, by throwing. */
	check?: (manifest: ModelManifest) => void;
	signal: AbortSignal;
	/** From 0 to 1. */
	onProgress: (share: number) => void;
};

/** A model of the library with all that is known of it. */
export type LibraryModel = { model: InferenceModel; manifest: ModelManifest; about: AboutModel };

/** Models that the user added: a folder each, in the data folder, of which other Masklets of this user see the same. */
export interface ModelLibrary {
	readonly folder: string;
	/** Looks anew, as another Masklet may have added one. */
	list(): LibraryModel[];
	/** @throws model.builtin, model.unknown */
	get(modelId: string): LibraryModel;
	folderOf(modelId: string): string;
	/** An id is free for a model that cannot be used until its weights come again. @throws model.idTaken */
	checkFree(modelId: string): void;
	/** @throws weights.*, model.idTaken, disk.full, file.notFound */
	add(request: AddModel): Promise<InferenceModel>;
	/** @throws model.builtin, model.unknown */
	rename(modelId: string, name: string | null): Promise<void>;
	/** @throws model.builtin, model.unknown */
	remove(modelId: string): Promise<void>;
	/** Models that an older compiler made, and whose weights file is still where it was. */
	outdated(): { modelId: string; path: string; imageSize: number }[];
	/** Makes an outdated model again. */
	renew(modelId: string, request: Pick<AddModel, 'signal' | 'onProgress'>): Promise<void>;
}

export function createModelLibrary(deps: { folder: string; spawn: () => Channel | Promise<Channel> }): ModelLibrary {
	const { folder } = deps;

	function manifests(): { modelId: string; manifest: ModelManifest }[] {
		if (!existsSync(folder)) {
			return [];
		}
		return readdirSync(folder)
			.filter((modelId) => !modelId.startsWith('.'))
			.sort()
			.flatMap((modelId) => {
				const manifest = readManifest(join(folder, modelId, MANIFEST_NAME));
				return manifest ? [{ modelId, manifest }] : [];
			});
	}

	function modelOf({ modelId, manifest }: { modelId: string; manifest: ModelManifest }): LibraryModel {
		const about = readAbout(folder, modelId);
		const network = networkOf(manifest);
		const model: InferenceModel = {
			modelId,
			name: about.name ?? (modelId === defaultId(manifest) ? network : `${modelId} (${network})`),
			sizeBytes: manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0),
			licence: about.official?.licence ?? 'of its weights file (SAM 2 itself: Apache-2.0)',
			source: { kind: 'sam2', folder: join(folder, modelId) },
		};
		return { model, manifest, about };
	}

	const list = () => manifests().map(modelOf);

	function get(modelId: string): LibraryModel {
		if (modelId === builtinModelId) {
			throw new StudioError('model.builtin', { modelId });
		}
		const known = list();
		const found = known.find(({ model }) => model.modelId === modelId);
		if (!found) {
			const ids = known.map(({ model }) => model.modelId);
			throw new StudioError('model.unknown', { modelId, known: [builtinModelId, ...ids] });
		}
		return found;
	}

	function checkFree(modelId: string, { isReplacement = false }: { isReplacement?: boolean } = {}): void {
		const manifest = readManifest(join(folder, modelId, MANIFEST_NAME));
		const isStale = manifest !== null && (isReplacement ? isOutdated(manifest) : needsWeights(manifest));
		const isTaken = existsSync(join(folder, modelId)) && !isStale;
		if (modelId === builtinModelId || isTaken) {
			throw new StudioError('model.idTaken', { modelId });
		}
	}

	return {
		folder,
		list,
		get,
		folderOf: (modelId) => join(folder, modelId),
		checkFree,
		add: async ({ path, modelId, isReplacement = false, official, check, ...rest }) => {
			if (modelId !== undefined) {
				checkFree(modelId, { isReplacement });
			}
			await mkdir(folder, { recursive: true });
			// It takes its name once it is read and checked.
			const made = join(folder, `.new-${randomUUID()}`);
			try {
				const manifest = await compileInProcess({ spawn: deps.spawn, source: path, outFolder: made, ...rest });
				check?.(manifest);
				const finalId = modelId ?? defaultId(manifest);
				checkFree(finalId, { isReplacement });
				await writeAbout(folder, finalId, { official: official ?? null });
				await rm(join(folder, finalId), { recursive: true, force: true });
				await rename(made, join(folder, finalId));
				return modelOf({ modelId: finalId, manifest }).model;
			} finally {
				await rm(made, { recursive: true, force: true });
			}
		},
		rename: async (modelId, name) => {
			get(modelId);
			await writeAbout(folder, modelId, { name });
		},
		remove: async (modelId) => {
			get(modelId);
			await rm(join(folder, modelId), { recursive: true, force: true });
			await removeAbout(folder, modelId);
		},
		outdated: () =>
			manifests()
				.filter(({ manifest }) => isOutdated(manifest) && existsSync(manifest.source.path))
				.map(({ modelId, manifest }) => ({
					modelId,
					path: manifest.source.path,
					imageSize: manifest.imageSize,
				})),
		renew: async (modelId, request) => {
			const found = manifests().find((candidate) => candidate.modelId === modelId);
			if (found) {
				const { source, imageSize } = found.manifest;
				const outFolder = join(folder, modelId);
				await compileInProcess({ spawn: deps.spawn, source: source.path, outFolder, imageSize, ...request });
			}
		},
	};
}

/** Another version's compiler made it, and the weights that it could be made again from are gone. */
export function needsWeights(manifest: ModelManifest): boolean {
	return isOutdated(manifest) && !existsSync(manifest.source.path);
}

function isOutdated({ compilerVersion }: ModelManifest): boolean {
	return compilerVersion !== COMPILER_VERSION;
}

/** "SAM 2.1 tiny", "SAM 2 large at 512" */
export function networkOf(manifest: Pick<ModelManifest, 'size' | 'version' | 'imageSize'>): string {
	const config = configOf(manifest);
	return `${networkName(config)}${config.imageSize === 1024 ? '' : ` at ${config.imageSize}`}`;
}

/** "sam2.1-tiny", "sam2-large-512" */
function defaultId(manifest: Pick<ModelManifest, 'size' | 'version' | 'imageSize'>): string {
	const version = manifest.version === '2.0' ? '2' : manifest.version;
	const size = manifest.size.replace('_', '-');
	return `sam${version}-${size}${manifest.imageSize === 1024 ? '' : `-${manifest.imageSize}`}`;
}

/** Null where there is none, or one that this version cannot read: the folder is then no model. */
function readManifest(path: string): ModelManifest | null {
	try {
		return modelManifest.parse(JSON.parse(readFileSync(path, 'utf8')));
	} catch {
		return null;
	}
}
