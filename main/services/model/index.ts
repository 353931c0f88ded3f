import { resolve } from 'node:path';
import { runCommand, setProjectColumns } from '../../store/index.ts';
import { present } from '../../../preload/common/assert.ts';
import type { ModelInfo } from '../../../preload/contract/model.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';
import { builtinModel, type InferenceModel } from '../../inference/inference.ts';
import { definedOf } from '../defined.ts';
import { checkedModel } from './choice.ts';
import type { ModelLibrary } from './library.ts';
import type { ModelModesKeeper } from './modes.ts';

export function createModelService(
	context: ServiceContext,
	library: ModelLibrary,
	modes: ModelModesKeeper,
): ServiceHandlers<'model'> {
	/** As the library has it; the built-in model too. @throws track.modelUnknown */
	const modelOf = (modelId: string): InferenceModel => {
		checkedModel(context, modelId);
		return library.list().find((model) => model.modelId === modelId) ?? builtinModel;
	};
	return {
		list: () => context.inference.models(),
		choose: ({ modelId }) => {
			checkedModel(context, modelId);
			const { store, pendingMasks } = context.editable();
			runCommand(store, (db) => setProjectColumns(db, { modelId }));
			pendingMasks.retry();
			context.announceProject();
			return null;
		},
		add: ({ path, modelId, imageSize }) =>
			context.jobs.start({
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
					context.announceProject();
					return present(
						context.inference.models().find((model) => model.modelId === added.modelId),
						'the added model',
					);
				},
			}),
		modes: async ({ modelId }) => ({ modes: modes.of(modelId), has: await modes.namesOf(modelOf(modelId)) }),
		setModes: ({ modelId, modes: change, isLasting }) => {
			const model = modelOf(modelId);
			return context.jobs.start({
				method: 'model.setModes',
				name: `Set modes of ${modelId}`,
				outlivesProject: true,
				run: async (job) => {
					const set = await modes.set(model, definedOf(change), {
						isLasting,
						signal: job.signal,
						onProgress: (share) => job.progress(Math.round(share * 100), 100, 'reading weights'),
					});
					context.inference.forget(modelId);
					context.announceProject();
					return set;
				},
			});
		},
		remove: async ({ modelId }) => {
			await library.remove(modelId);
			await modes.forget(modelId);
			context.inference.forget(modelId);
			context.announceProject();
			return null;
		},
	};
}

/** Models that an older compiler made are made again in the background, from the weights files where they were. */
export function renewModels(context: ServiceContext, library: ModelLibrary, modes: ModelModesKeeper): void {
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
			},
		});
	}
	void renewVariants(context, library, modes);
}

/** Likewise the graphs of modes. */
async function renewVariants(context: ServiceContext, library: ModelLibrary, modes: ModelModesKeeper): Promise<void> {
	for (const model of library.list()) {
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
