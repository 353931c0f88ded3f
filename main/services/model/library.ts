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

export type AddModel = {
	path: string;
	modelId: string | undefined;
	/** 1024 when left out. */
	imageSize?: number;
	signal: AbortSignal;
	/** From 0 to 1. */
	onProgress: (share: number) => void;
};

/** Models that the user added: a folder each, in the data folder, of which other Masklets of this user see the same. */
export interface ModelLibrary {
	/** Looks anew, as another Masklet may have added one. */
	list(): InferenceModel[];
	/** @throws weights.*, model.idTaken, disk.full, file.notFound */
	add(request: AddModel): Promise<InferenceModel>;
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

	function modelOf({ modelId, manifest }: { modelId: string; manifest: ModelManifest }): InferenceModel {
		const name = `${networkName(configOf(manifest))}${manifest.imageSize === 1024 ? '' : ` at ${manifest.imageSize}`}`;
		return {
			modelId,
			name: modelId === defaultId(manifest) ? name : `${modelId} (${name})`,
			sizeBytes: manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0),
			licence: 'of its weights file (SAM 2 itself: Apache-2.0)',
			source: { kind: 'sam2', folder: join(folder, modelId) },
		};
	}

	function checkFree(modelId: string): void {
		if (modelId === builtinModelId || existsSync(join(folder, modelId))) {
			throw new StudioError('model.idTaken', { modelId });
		}
	}

	return {
		list: () => manifests().map(modelOf),
		add: async ({ path, modelId, ...rest }) => {
			if (modelId !== undefined) {
				checkFree(modelId);
			}
			await mkdir(folder, { recursive: true });
			// What it is called after is known once it is read.
			const made = join(folder, modelId ?? `.new-${randomUUID()}`);
			try {
				const manifest = await compileInProcess({ spawn: deps.spawn, source: path, outFolder: made, ...rest });
				const finalId = modelId ?? defaultId(manifest);
				if (modelId === undefined) {
					checkFree(finalId);
					await rename(made, join(folder, finalId));
				}
				return modelOf({ modelId: finalId, manifest });
			} finally {
				if (modelId === undefined) {
					await rm(made, { recursive: true, force: true });
				}
			}
		},
		remove: async (modelId) => {
			if (modelId === builtinModelId) {
				throw new StudioError('model.builtin', { modelId });
			}
			const known = manifests().map((found) => found.modelId);
			if (!known.includes(modelId)) {
				throw new StudioError('model.unknown', { modelId, known: [builtinModelId, ...known] });
			}
			await rm(join(folder, modelId), { recursive: true, force: true });
		},
		outdated: () =>
			manifests()
				.filter(({ manifest }) => manifest.compilerVersion !== COMPILER_VERSION && existsSync(manifest.source.path))
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
