import { assert } from '../../preload/common/assert.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import { ChangeLog } from './change-log.ts';
import { execute, first, sql, type WriteDb } from './db.ts';
import type { Store } from './open.ts';
import type { StoreChange } from './types.ts';

export type Committed<T> = { value: T; revision: number; changes: StoreChange[] };

/** Thrown by a transaction's work to leave no trace; `transact` returns null. */
export class Withdrawn extends Error {}

/**
 * One transaction: all of `work` is on disk when this returns, or nothing of it. Where `log` was told of changes, the
 * revision goes up and listeners hear of them. Work is synchronous, and transactions do not nest.
 */
export function transact<T>(store: Store, work: (db: WriteDb, log: ChangeLog) => T): Committed<T> | null {
	const db = writable(store);
	assert(!db.connection.inTransaction, 'a transaction within a transaction');
	const log = new ChangeLog();
	let committed: Committed<T>;
	execute(db, sql`BEGIN IMMEDIATE`);
	try {
		const value = work(db, log);
		assert(!(value instanceof Promise), 'a transaction that waits');
		const revision = log.isEmpty ? revisionOf(db) : nextRevision(db);
		execute(db, sql`COMMIT`);
		committed = { value, revision, changes: log.changes(revision) };
	} catch (error) {
		// A full disk may have rolled back already.
		if (db.connection.inTransaction) {
			execute(db, sql`ROLLBACK`);
		}
		if (error instanceof Withdrawn) {
			return null;
		}
		throw error;
	}
	for (const change of committed.changes) {
		for (const listener of [...store.internals.listeners]) {
			listener(change);
		}
	}
	return committed;
}

/** Grows with every commit that changes the record; survives restarts. */
export function revisionOf(db: WriteDb | Store['db']): number {
	return first<{ value: number }>(db, sql`SELECT value FROM counter WHERE name = 'revision'`)!.value;
}

function nextRevision(db: WriteDb): number {
	return first<{ value: number }>(
		db,
		sql`UPDATE counter SET value = value + 1 WHERE name = 'revision' RETURNING value`,
	)!.value;
}

function writable(store: Store): WriteDb {
	const { writeDb } = store.internals;
	if (!writeDb) {
		throw store.readOnlyReason === 'locked'
			? new StudioError('project.readOnly', { path: store.path })
			: new StudioError('store.writeProtected', { path: store.path });
	}
	return writeDb;
}
