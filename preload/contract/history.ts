import { z } from 'zod';
import { command, nothing, query, rowId } from './define.ts';

export const historyState = z.object({
	revision: z.int(),
	canUndo: z.boolean(),
	canRedo: z.boolean(),
	/** What undo would take back: "Click on dog 1, frame 12". */
	undoName: z.string().nullable(),
	redoName: z.string().nullable(),
});

export const historyEntry = z.object({
	editId: rowId,
	name: z.string(),
	atMillis: z.number(),
	isUndone: z.boolean(),
});

export const historyContract = {
	state: query(nothing, historyState),
	/** Newest first. */
	list: query(z.object({ limit: z.int().positive().max(1000) }), z.array(historyEntry)),
	undo: command(nothing, historyState),
	redo: command(nothing, historyState),
};

export type HistoryState = z.infer<typeof historyState>;
export type HistoryEntry = z.infer<typeof historyEntry>;
