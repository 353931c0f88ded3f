import { historyState, listEdits, redo, undo } from '../../store/index.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';

export function createHistoryService(context: ServiceContext): ServiceHandlers<'history'> {
	return {
		state: () => historyState(context.project().store.db),
		list: ({ limit }) =>
			listEdits(context.project().store.db, limit).map(({ editId, name, atMillis, isUndone }) => ({
				editId,
				name,
				atMillis,
				isUndone,
			})),
		undo: () => undo(context.editable().store).history,
		redo: () => redo(context.editable().store).history,
	};
}
