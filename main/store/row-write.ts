import { assert, present } from '../../preload/common/assert.ts';
import type { ChangeLog } from './change-log.ts';
import { first, run, sql, type ReadDb, type SqlParameters, type WriteDb } from './db.ts';
import type { EditDb } from './edit.ts';
import { columnsOf, encodeRow, recordTables } from './tables.ts';
import type { RecordTable, RowInput, RowPatch } from './types.ts';

/** Inserts a row; returns its id. */
export function insertRow<T extends RecordTable>(db: EditDb, table: T, row: RowInput<T>): number {
	assert(db.edit.mode === 'edit', 'an amendment inserts nothing');
	const { id, columns } = recordTables[table];
	const values = encodeRow(table, row as Record<string, unknown>);
	if ('removedEditId' in columns) {
		values.removedEditId = null;
	}
	const rowId = insertEncoded(db, table, values);
	const newRow = { [id]: rowId, ...values };
	logOp(db, { kind: 'insert', table, rowId, newRow });
	noteRow(db, db.edit.log, table, newRow);
	return rowId;
}

/** Changes columns of a row; false, and nothing logged, where they were so already. */
export function updateRow<T extends RecordTable>(db: EditDb, table: T, rowId: number, patch: RowPatch<T>): boolean {
	return patchRow(db, table, rowId, patch as Record<string, unknown>);
}

/** As `updateRow`, for columns that callers outside the store do not set. */
export function patchRow(db: EditDb, table: RecordTable, rowId: number, patch: Record<string, unknown>): boolean {
	assert(db.edit.mode === 'edit', 'an amendment updates frames alone');
	const commandColumns: readonly string[] = recordTables[table].commandColumns;
	const current = present(readEncoded(db, table, rowId), `${table} ${rowId}`);
	const oldRow: SqlParameters = {};
	const newRow: SqlParameters = {};
	for (const [column, value] of Object.entries(encodeRow(table, patch))) {
		assert(!commandColumns.includes(column), `${table}.${column} is for commands`);
		if (value !== current[column]) {
			oldRow[column] = current[column]!;
			newRow[column] = value;
		}
	}
	if (Object.keys(newRow).length === 0) {
		return false;
	}
	updateEncoded(db, table, rowId, newRow);
	logOp(db, { kind: 'update', table, rowId, oldRow, newRow });
	noteRow(db, db.edit.log, table, { ...current, ...newRow });
	return true;
}

/** Deletes a row for good. Videos and tracks are removed with `removeVideo`, `removeTrack`. */
export function deleteRow(db: EditDb, table: 'label' | 'prompt', rowId: number): void {
	assert(db.edit.mode === 'edit', 'an amendment deletes nothing');
	const oldRow = present(readEncoded(db, table, rowId), `${table} ${rowId}`);
	deleteEncoded(db, table, rowId);
	logOp(db, { kind: 'delete', table, rowId, oldRow });
	noteRow(db, db.edit.log, table, oldRow);
}

/** A row as the database has it. */
export function readEncoded(db: ReadDb, table: RecordTable, rowId: number): SqlParameters | undefined {
	const { id } = recordTables[table];
	return first(db, sql`SELECT ${columnsOf(table).join(', ')} FROM ${table} WHERE ${id} = @rowId`, { rowId });
}

export function insertEncoded(db: WriteDb, table: RecordTable, values: SqlParameters): number {
	const names = Object.keys(values);
	return run(
		db,
		sql`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
		values,
	).rowId;
}

export function updateEncoded(db: WriteDb, table: RecordTable, rowId: number, values: SqlParameters): void {
	const { id } = recordTables[table];
	const assignments = Object.keys(values).map((name) => `${name} = @${name}`);
	const { changes } = run(db, sql`UPDATE ${table} SET ${assignments.join(', ')} WHERE ${id} = @updatedRowId`, {
		...values,
		updatedRowId: rowId,
	});
	assert(changes === 1, `${table} ${rowId} is not there`);
}

export function deleteEncoded(db: WriteDb, table: RecordTable, rowId: number): void {
	const { changes } = run(db, sql`DELETE FROM ${table} WHERE ${recordTables[table].id} = @rowId`, { rowId });
	assert(changes === 1, `${table} ${rowId} is not there`);
}

/** Tells the log which part of the record a row belongs to. */
export function noteRow(db: ReadDb, log: ChangeLog, table: RecordTable, row: SqlParameters): void {
	switch (table) {
		case 'project':
		case 'label':
			log.project();
			break;
		case 'video':
			log.video(row.videoId as number);
			break;
		case 'track':
			log.track(row.videoId as number, row.trackId as number);
			break;
		case 'prompt': {
			const trackId = row.trackId as number;
			const frameIndex = row.frameIndex as number;
			log.frames(videoOfTrack(db, trackId), trackId, frameIndex, frameIndex);
		}
	}
}

/** Removed tracks too. */
export function videoOfTrack(db: ReadDb, trackId: number): number {
	const row = first<{ videoId: number }>(db, sql`SELECT videoId FROM track WHERE trackId = @trackId`, { trackId });
	return present(row, `track ${trackId}`).videoId;
}

type RowOp = {
	kind: 'insert' | 'update' | 'delete';
	table: RecordTable;
	rowId: number;
	oldRow?: SqlParameters;
	newRow?: SqlParameters;
};

function logOp(db: EditDb, op: RowOp): void {
	run(
		db,
		sql`
			INSERT INTO op (editId, kind, tableName, rowId, oldRow, newRow)
			VALUES (@editId, @kind, @table, @rowId, @oldRow, @newRow)
		`,
		{
			editId: db.edit.editId,
			kind: op.kind,
			table: op.table,
			rowId: op.rowId,
			oldRow: op.oldRow ? JSON.stringify(op.oldRow) : null,
			newRow: op.newRow ? JSON.stringify(op.newRow) : null,
		},
	);
}
