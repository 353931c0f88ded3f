import { present } from '../../preload/common/assert.ts';
import type { ChangeLog } from './change-log.ts';
import { all, first, run, sql, type ReadDb, type SqlParameters, type WriteDb } from './db.ts';
import { applyFramesOp, refreshOldFrames } from './frame-write.ts';
import type { Store } from './open.ts';
import { deleteEncoded, insertEncoded, noteRow, readEncoded, updateEncoded } from './row-write.ts';
import { revisionOf, transact } from './transaction.ts';
import type { FrameKey, HistoryEntry, HistoryState, RecordTable, StoreChange } from './types.ts';

type EditHead = { editId: number; name: string; isOldStale: number };
type Op = {
	opId: number;
	kind: 'insert' | 'update' | 'delete' | 'frames';
	tableName: RecordTable | null;
	rowId: number | null;
	oldRow: string | null;
	newRow: string | null;
};

/** Takes back the newest applied edit; without one, nothing happens. */
export function undo(store: Store): { history: HistoryState; changes: StoreChange[] } {
	return step(store, (db, log) => {
		const edit = newestApplied(db);
		if (edit) {
			for (const op of opsOf(db, edit.editId).reverse()) {
				undoOp(db, op, log);
			}
			setState(db, edit.editId, 'undone');
		}
	});
}

/** Does the edit again that was undone last; without one, nothing happens. */
export function redo(store: Store): { history: HistoryState; changes: StoreChange[] } {
	return step(store, (db, log) => {
		const edit = oldestUndone(db);
		if (edit) {
			for (const op of opsOf(db, edit.editId)) {
				redoOp(db, op, { isOldStale: edit.isOldStale === 1, log });
			}
			setState(db, edit.editId, 'applied');
		}
	});
}

export function historyState(db: ReadDb): HistoryState {
	const undoable = newestApplied(db);
	const redoable = oldestUndone(db);
	return {
		revision: revisionOf(db),
		canUndo: undoable !== undefined,
		canRedo: redoable !== undefined,
		undoName: undoable?.name ?? null,
		redoName: redoable?.name ?? null,
	};
}

/** Newest first. Edits that can be neither undone nor redone are left out. */
export function listEdits(db: ReadDb, limit: number): HistoryEntry[] {
	return all<Omit<HistoryEntry, 'isUndone'> & { isUndone: number }>(db, listEditsSql, { limit }).map((entry) => ({
		...entry,
		isUndone: entry.isUndone === 1,
	}));
}

export const listEditsSql = sql`
	SELECT editId, name, kind, atMillis, state = 'undone' AS isUndone
	FROM edit WHERE state <> 'cut' ORDER BY editId DESC LIMIT @limit
`;

/** The last applied edit that touched a frame: the one that a mask made for it joins. Null for a hole. */
export function lastEditOfFrame(db: ReadDb, key: FrameKey): number | null {
	const row = first<{ editId: number }>(
		db,
		sql`
			SELECT edit.editId FROM frame JOIN edit ON edit.editId = frame.editId
			WHERE trackId = @trackId AND frameIndex = @frameIndex AND state = 'applied'
		`,
		{ trackId: key.trackId, frameIndex: key.frameIndex },
	);
	return row?.editId ?? null;
}

function step(
	store: Store,
	work: (db: WriteDb, log: ChangeLog) => void,
): { history: HistoryState; changes: StoreChange[] } {
	const { changes } = present(transact(store, work), 'the result of undo');
	return { history: historyState(store.db), changes };
}

function undoOp(db: WriteDb, op: Op, log: ChangeLog): void {
	if (op.kind === 'frames') {
		applyFramesOp(db, op.opId, 'old', log);
		return;
	}
	const { table, rowId, oldRow } = rowOp(op);
	switch (op.kind) {
		case 'insert': {
			// Commands may have changed the row since; redo brings it back as it is now.
			const current = present(readEncoded(db, table, rowId), `${table} ${rowId}`);
			run(db, sql`UPDATE op SET newRow = @newRow WHERE opId = @opId`, {
				newRow: JSON.stringify(current),
				opId: op.opId,
			});
			deleteEncoded(db, table, rowId);
			noteRow(db, log, table, current);
			break;
		}
		case 'update':
			putBack(db, { table, rowId, values: oldRow, log });
			break;
		case 'delete':
			insertEncoded(db, table, oldRow);
			noteRow(db, log, table, oldRow);
	}
}

function redoOp(db: WriteDb, op: Op, { isOldStale, log }: { isOldStale: boolean; log: ChangeLog }): void {
	if (op.kind === 'frames') {
		if (isOldStale) {
			refreshOldFrames(db, op.opId);
		}
		applyFramesOp(db, op.opId, 'new', log);
		return;
	}
	const { table, rowId, newRow, oldRow } = rowOp(op);
	switch (op.kind) {
		case 'insert':
			insertEncoded(db, table, newRow);
			noteRow(db, log, table, newRow);
			break;
		case 'update':
			putBack(db, { table, rowId, values: newRow, log });
			break;
		case 'delete':
			deleteEncoded(db, table, rowId);
			noteRow(db, log, table, oldRow);
	}
}

type PutBack = { table: RecordTable; rowId: number; values: SqlParameters; log: ChangeLog };

function putBack(db: WriteDb, { table, rowId, values, log }: PutBack): void {
	updateEncoded(db, table, rowId, values);
	noteRow(db, log, table, present(readEncoded(db, table, rowId), `${table} ${rowId}`));
}

function rowOp(op: Op) {
	return {
		table: present(op.tableName, 'the table of an op'),
		rowId: present(op.rowId, 'the row of an op'),
		oldRow: JSON.parse(op.oldRow ?? '{}') as SqlParameters,
		newRow: JSON.parse(op.newRow ?? '{}') as SqlParameters,
	};
}

export const opsOfEditSql = sql`
	SELECT opId, kind, tableName, rowId, oldRow, newRow FROM op WHERE editId = @editId ORDER BY opId
`;
export const newestAppliedSql = sql`
	SELECT editId, name, isOldStale FROM edit WHERE state = 'applied' ORDER BY editId DESC LIMIT 1
`;
export const oldestUndoneSql = sql`
	SELECT editId, name, isOldStale FROM edit WHERE state = 'undone' ORDER BY editId LIMIT 1
`;

function opsOf(db: ReadDb, editId: number): Op[] {
	return all(db, opsOfEditSql, { editId });
}

function setState(db: WriteDb, editId: number, state: 'applied' | 'undone'): void {
	run(db, sql`UPDATE edit SET state = @state, isOldStale = 0 WHERE editId = @editId`, { state, editId });
}

function newestApplied(db: ReadDb): EditHead | undefined {
	return first(db, newestAppliedSql);
}

function oldestUndone(db: ReadDb): EditHead | undefined {
	return first(db, oldestUndoneSql);
}
