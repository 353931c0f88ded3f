import { assert, present } from '../../preload/common/assert.ts';
import type { ChangeLog } from './change-log.ts';
import { first, run, sql, type SqlParameters, type WriteDb } from './db.ts';
import type { Store } from './open.ts';
import { encodeRow, recordTables } from './tables.ts';
import { revisionOf, transact, Withdrawn } from './transaction.ts';
import type { CommandColumns, EditResult, RecordRows } from './types.ts';

/**
 * The one way into the record: an edit's transaction. It reads what the edit wrote so far. Rows are written with
 * `insertRow`, `updateRow`, `deleteRow`, `writeFrame`, `updateFrame`, `deleteFrames` alone, which log what they change.
 */
export type EditDb = WriteDb & {
	readonly edit: {
		readonly editId: number;
		/** `amend` may only update frames that the edit itself wrote last. */
		readonly mode: 'edit' | 'amend';
		readonly atMillis: number;
		readonly author: string | null;
		readonly log: ChangeLog;
	};
};

/** A command's transaction: changes what undo leaves alone. */
export type CommandDb = WriteDb & { readonly commandLog: ChangeLog };

/**
 * Runs one edit: one transaction, one step of undo. What was undone before can no longer be redone. Where `write` comes
 * to change nothing, nothing is recorded.
 */
export function runEdit<T>(
	store: Store,
	about: { name: string; kind: string },
	write: (db: EditDb) => T,
): EditResult<T> {
	const { now, author } = store.internals;
	const atMillis = now();
	let editId = 0;
	let value: T | undefined;
	const committed = transact(store, (db, log) => {
		run(db, sql`UPDATE edit SET state = 'cut' WHERE state = 'undone'`);
		editId = run(
			db,
			sql`
				INSERT INTO edit (name, kind, author, atMillis, state)
				VALUES (@name, @kind, @author, @atMillis, 'applied')
			`,
			{ name: about.name, kind: about.kind, author, atMillis },
		).rowId;
		value = write({ ...db, edit: { editId, mode: 'edit', atMillis, author, log } } as EditDb);
		if (log.isEmpty) {
			throw new Withdrawn();
		}
		return value;
	});
	if (!committed) {
		return { editId: null, revision: revisionOf(store.db), value: value as T, changes: [] };
	}
	return { editId, ...committed };
}

/**
 * Adds to an edit that is done already: the mask that a model made for it. Lawful only while the edit is applied and
 * still the last one that touched the frames written, so that undo, which goes back edit by edit, finds each row as
 * it left it; otherwise nothing is written and null comes back. What can be redone stays so: each edit there takes
 * the frames as it then finds them for its "before", and brings back its own "after".
 */
export function amendEdit<T>(store: Store, editId: number, write: (db: EditDb) => T): EditResult<T> | null {
	const { now, author } = store.internals;
	const committed = transact(store, (db, log) => {
		const state = first<{ state: string }>(db, sql`SELECT state FROM edit WHERE editId = @editId`, { editId })?.state;
		if (state !== 'applied') {
			throw new Withdrawn();
		}
		const value = write({ ...db, edit: { editId, mode: 'amend', atMillis: now(), author, log } } as EditDb);
		run(db, sql`UPDATE edit SET isOldStale = 1 WHERE state = 'undone'`);
		return value;
	});
	return committed && { editId, ...committed };
}

/** Changes what is not part of the undoable record: the project's model, a video's place. */
export function runCommand<T>(store: Store, write: (db: CommandDb) => T): { revision: number; value: T } {
	const committed = present(
		transact(store, (db, log) => write({ ...db, commandLog: log } as CommandDb)),
		'the result of a command',
	);
	return { revision: committed.revision, value: committed.value };
}

export function setProjectColumns(
	db: CommandDb,
	patch: Partial<Pick<RecordRows['project'], CommandColumns['project']>>,
) {
	setColumns(db, 'project', 1, patch);
	db.commandLog.project();
}

export function setVideoColumns(
	db: CommandDb,
	videoId: number,
	patch: Partial<Pick<RecordRows['video'], CommandColumns['video']>>,
): void {
	setColumns(db, 'video', videoId, patch);
	db.commandLog.video(videoId);
}

function setColumns(db: CommandDb, table: 'project' | 'video', rowId: number, patch: object): void {
	const values: SqlParameters = encodeRow(table, patch as Record<string, unknown>);
	const allowed: readonly string[] = recordTables[table].commandColumns;
	for (const column of Object.keys(values)) {
		assert(allowed.includes(column), `${table}.${column} is for edits`);
		const { changes } = run(db, sql`UPDATE ${table} SET ${column} = @value WHERE ${recordTables[table].id} = @rowId`, {
			value: values[column]!,
			rowId,
		});
		assert(changes === 1, `${table} ${rowId} is not there`);
	}
}
