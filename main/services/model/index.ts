import { resolve } from 'node:path';
import { runCommand, setProjectColumns } from '../../store/index.ts';
import { present } from '../../../preload/common/assert.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { ModelInfo } from '../../../preload/contract/model.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';
import type { Measuring } from '../device/measuring.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import { builtinModel, type InferenceModel } from '../../inference/inference.ts';
import { definedOf } from '../defined.ts';
import { checkAddress, entryOf, readCatalogue } from './catalogue.ts';
import { checkedModel } from './choice.ts';
import { getModel } from './get.ts';
import type { ModelLibrary } from './library.ts';
import { shelfOf } from './shelf.ts';
import type { ModelModesKeeper } from './modes.ts';
import type { WeightsStore } from './weights-store.ts';

export type ModelServiceDeps = {
	library: ModelLibrary;
	weights: WeightsStore;
	modes: ModelModesKeeper;
	devices: DeviceRegistry;
	measuring: Measuring;
};

export function createModelService(
	context: ServiceContext,
	{ library, weights, modes, devices, measuring }: ModelServiceDeps,
): ServiceHandlers<'model'> {
	const { deps, inference, jobs } = context;
	/** What is being fetched, and by which job. */
	const getting = new Map<string, number>();
	const jobOf = (catalogueId: string): number | null => getting.get(catalogueId) ?? null;

	function changed(): void {
		context.emit('models.changed', {});
		// A project whose model came or went uses another one now.
		context.announceProject();
	}

	const infoOf = (modelId: string): ModelInfo =>
		present(
			inference.models().find((model) => model.modelId === modelId),
			'the new model',
		);

	/** As the library has it; the built-in model too. @throws track.modelUnknown */
	const modelOf = (modelId: string): InferenceModel => {
		checkedModel(context, modelId);
		return library.list().find(({ model }) => model.modelId === modelId)?.model ?? builtinModel;
	};
	return {
		list: () => inference.models(),
		library: () => shelfOf(context, { library, weights, jobOf }),
		choose: ({ modelId }) => {
			checkedModel(context, modelId);
			const { store, pendingMasks } = context.editable();
			runCommand(store, (db) => setProjectColumns(db, { modelId }));
			pendingMasks.retry();
			context.announceProject();
			return null;
		},
		add: ({ path, modelId, imageSize }) =>
			jobs.start({
				method: 'model.add',
				name: 'Add a model',
				outlivesProject: true,
				run: async (job): Promise<ModelInfo> => {
					const added = await library.add({
						path: resolve(path),
						modelId,
						...(imageSize === undefined ? {} : { imageSize }),
						signal: job.signal,
						onProgress: (share) => job.progress(Math.round(share * 100), 100, 'reading weights'),
					});
					changed();
					measuring.startAfterChange(added.modelId);
					return infoOf(added.modelId);
				},
			}),
		get: ({ catalogueId, modelId }) => {
			const entry = entryOf(readCatalogue(deps.catalogue).entries, catalogueId);
			if (getting.has(catalogueId)) {
				throw new StudioError('model.getRunning', { name: entry.name });
			}
			const { jobId } = jobs.start({
				method: 'model.get',
				name: `Get ${entry.name}`,
				outlivesProject: true,
				run: async (job): Promise<ModelInfo> => {
					try {
						const added = await getModel({
							entry,
							modelId: modelId ?? entry.modelId,
							path: weights.pathOf(entry.fileName),
							library,
							httpGet: deps.httpGet,
							checkAddress: (url) => checkAddress(url, deps.catalogue),
							now: deps.now,
							signal: job.signal,
							onProgress: (share, note) => job.progress(Math.floor(share * 1000) / 10, 100, note),
						});
						measuring.startAfterChange(added.modelId);
						return infoOf(added.modelId);
					} finally {
						getting.delete(catalogueId);
						changed();
					}
				},
			});
			getting.set(catalogueId, jobId);
			context.emit('models.changed', {});
			return { jobId };
		},
		rename: async ({ modelId, name }) => {
			const same = inference.models().find((model) => model.name === name && model.modelId !== modelId);
			if (name !== null && same) {
				throw new StudioError('model.nameTaken', { name, modelId: same.modelId });
			}
			await library.rename(modelId, name);
			changed();
			return null;
		},
		modes: async ({ modelId }) => ({ modes: modes.of(modelId), has: await modes.namesOf(modelOf(modelId)) }),
		setModes: ({ modelId, modes: change, isLasting }) => {
			const model = modelOf(modelId);
			return jobs.start({
				method: 'model.setModes',
				name: `Set modes of ${modelId}`,
				outlivesProject: true,
				run: async (job) => {
					const before = modes.graphsOf(modelId);
					const set = await modes.set(model, definedOf(change), {
						isLasting,
						signal: job.signal,
						onProgress: (share) => job.progress(Math.round(share * 100), 100, 'reading weights'),
					});
					inference.forget(modelId);
					if (isLasting && modes.graphsOf(modelId) !== before) {
						devices.forget(modelId);
						measuring.startAfterChange(modelId);
					}
					context.announceProject();
					return set;
				},
			});
		},
		remove: async ({ modelId }) => {
			const { manifest } = library.get(modelId);
			measuring.cancel(modelId);
			await library.remove(modelId);
			await modes.forget(modelId);
			await weights.free(manifest.source.path, modelId);
			inference.forget(modelId);
			devices.forget(modelId);
			changed();
			return null;
		},
		reveal: async ({ modelId }) => {
			library.get(modelId);
			const path = library.folderOf(modelId);
			await deps.host.reveal?.(path);
			return { path, isShown: deps.host.reveal !== undefined };
		},
		freeWeights: async ({ modelId }) => {
			const freedBytes = await weights.free(library.get(modelId).manifest.source.path, modelId);
			if (freedBytes === 0) {
				throw new StudioError('model.noWeights', { modelId });
			}
			changed();
			return { freedBytes };
		},
		dropDownload: async ({ catalogueId }) => {
			const { entries } = readCatalogue(deps.catalogue);
			const dropped = catalogueId === undefined ? entries : [entryOf(entries, catalogueId)];
			const busy = dropped.find((entry) => getting.has(entry.modelId));
			if (busy) {
				throw new StudioError('model.getRunning', { name: busy.name });
			}
			const freedBytes = await weights.dropPartials(catalogueId === undefined ? undefined : dropped[0]!.fileName);
			changed();
			return { freedBytes };
		},
	};
}

/** Models that an older compiler made are made again in the background, from the weights files where they were. */
export function renewModels(
	context: ServiceContext,
	{ library, modes, measuring }: Pick<ModelServiceDeps, 'library' | 'modes' | 'measuring'>,
): void {
	for (const { modelId } of library.outdated()) {
		context.jobs.start({
			method: 'model.renew',
			name: `Bring ${modelId} up to date`,
			outlivesProject: true,
			run: async (job) => {
				await library.renew(modelId, {
					signal: job.signal,
					onProgress: (share) => job.progress(Math.round(share * 100), 100, 'reading weights'),
				});
				context.inference.forget(modelId);
				context.emit('models.changed', {});
				measuring.startAfterChange(modelId);
			},
		});
	}
	void renewVariants(context, library, modes);
}

/** Likewise the graphs of modes. */
async function renewVariants(context: ServiceContext, library: ModelLibrary, modes: ModelModesKeeper): Promise<void> {
	for (const { model } of library.list()) {
		if (await modes.isOutdated(model).catch(() => false)) {
			context.jobs.start({
				method: 'model.renew',
				name: `Bring the modes of ${model.modelId} up to date`,
				outlivesProject: true,
				run: async (job) => {
					await modes.renew(model, {
						signal: job.signal,
						onProgress: (share) => job.progress(Math.round(share * 100), 100, 'reading weights'),
					});
					context.inference.forget(model.modelId);
				},
			});
		}
	}
}
