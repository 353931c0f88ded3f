import { runCommand, setProjectColumns } from '../../store/index.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';
import { checkedModel } from './choice.ts';

export function createModelService(context: ServiceContext): ServiceHandlers<'model'> {
	return {
		list: () => context.inference.models(),
		choose: ({ modelId }) => {
			checkedModel(context, modelId);
			runCommand(context.editable().store, (db) => setProjectColumns(db, { modelId }));
			context.announceProject();
			return null;
		},
	};
}
