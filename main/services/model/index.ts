import { resolve } from 'node:path';
import { runCommand, setProjectColumns } from '../../store/index.ts';
import { present } from '../../../preload/common/assert.ts';
import type { ModelInfo } from '../../../preload/contract/model.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';
import { checkedModel } from './choice.ts';
import type { ModelLibrary } from './library.ts';

export function createModelService(context: ServiceContext, library: ModelLibrary): ServiceHandlers<'model'> {
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
		remove: async ({ modelId }) => {
			await library.remove(modelId);
			context.inference.forget(modelId);
			context.announceProject();
			return null;
		},
	};
}

/** Models that an older compiler made are made again in the background, from the weights files where they were. */
export function renewModels(context: ServiceContext, library: ModelLibrary): void {
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
}
