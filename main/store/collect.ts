import { setImmediate as nextTurn } from 'node:timers/promises';
import { assert, present } from '../../preload/common/assert.ts';
import { allRaw, run, sql, type Sql, type SqlParameters, type WriteDb } from './db.ts';
import type { Store } from './open.ts';
import { frameBlobColumns, recordTables } from './tables.ts';
import { transact } from './transaction.ts';
import type { RecordTable } from './types.ts';

export type Tidied = { blobCount: number; sizeBytes: number };

/** Rows looked at between two turns of the event loop: some milliseconds. */
const stepRows = 2000;

/**
 * Deletes blobs that neither rows, passes nor ops reference, in small steps between which edits go on. A blob that is
 * asked for meanwhile is spared. Passes and the record are read before ops, so that a mask on its way from one to the
 * next is seen in the log at the latest.
 */
export async function collectBlobs(store: Store, options: { signal?: AbortSignal } = {}): Promise<Tidied> {
	const db = tidyDb(store);
	assert(db.spared.blobIds === null, 'two collections at once');
	const spared = new Set<number>();
	db.spared.blobIds = spared;
	try {
		const used = new Set<number>();
		for (const source of references) {
			await markSource(db, { source, used, signal: options.signal });
		}
		return await sweep(store, { used, spared, signal: options.signal });
	} finally {
		db.spared.blobIds = null;
	}
}

/** Every place that references blobs: rows after a key, in the key's order, their references after the key. */
type Source = { keys: string[]; table: string; columns: string[] };

const references: Source[] = [
	{ keys: ['passId', 'trackId', 'frameIndex'], table: 'passFrame', columns: ['maskId'] },
	{ keys: ['trackId', 'frameIndex'], table: 'frame', columns: [...frameBlobColumns] },
	...Object.entries(recordTables)
		.filter(([, spec]) => spec.blobColumns.length > 0)
		.map(([table, spec]) => ({ keys: [spec.id], table, columns: [...spec.blobColumns] })),
	{ keys: ['opId', 'side', 'trackId', 'frameIndex'], table: 'frameImage', columns: [...frameBlobColumns] },
	{ keys: ['opId'], table: 'op', columns: opReferences() },
];

function opReferences(): string[] {
	const names = new Set(Object.keys(recordTables).flatMap((table) => recordTables[table as RecordTable].blobColumns));
	return [...names].sort().flatMap((name) => ['oldRow', 'newRow'].map((side) => sql`${side} ->> '${name}'`));
}

type MarkStep = { source: Source; used: Set<number>; signal: AbortSignal | undefined };

async function markSource(db: WriteDb, { source, used, signal }: MarkStep): Promise<void> {
	const { keys, table, columns } = source;
	const after = keys.map((name) => `@${name}`).join(', ');
	const text: Sql = sql`
		SELECT ${[...keys, ...columns].join(', ')} FROM ${table}
		WHERE (${keys.join(', ')}) > (${after}) ORDER BY ${keys.join(', ')} LIMIT ${String(stepRows)}
	`;
	let key: SqlParameters = Object.fromEntries(keys.map((name) => [name, name === 'side' ? '' : -1]));
	for (;;) {
		signal?.throwIfAborted();
		const rows = allRaw<(number | string | null)[]>(db, text, key);
		for (const row of rows) {
			for (let at = keys.length; at < row.length; at++) {
				const blobId = row[at];
				if (typeof blobId === 'number') {
					used.add(blobId);
				}
			}
		}
		const last = rows.at(-1);
		if (!last || rows.length < stepRows) {
			return;
		}
		key = Object.fromEntries(keys.map((name, at) => [name, last[at]!]));
		await nextTurn();
	}
}

type Sweep = { used: Set<number>; spared: Set<number>; signal: AbortSignal | undefined };

async function sweep(store: Store, { used, spared, signal }: Sweep): Promise<Tidied> {
	const tidied: Tidied = { blobCount: 0, sizeBytes: 0 };
	const db = tidyDb(store);
	const text = sql`
		SELECT blobId, length(bytes) FROM blob WHERE blobId > @after ORDER BY blobId LIMIT ${String(stepRows)}
	`;
	let after = 0;
	for (;;) {
		signal?.throwIfAborted();
		const rows = allRaw<[number, number]>(db, text, { after });
		const unused = rows.filter(([blobId]) => !used.has(blobId) && !spared.has(blobId));
		if (unused.length > 0) {
			transact(store, (write) => {
				for (const [blobId] of unused) {
					run(write, sql`DELETE FROM blob WHERE blobId = @blobId`, { blobId });
				}
			});
			tidied.blobCount += unused.length;
			tidied.sizeBytes += unused.reduce((sum, [, sizeBytes]) => sum + sizeBytes, 0);
		}
		const last = rows.at(-1);
		if (!last || rows.length < stepRows) {
			return tidied;
		}
		after = last[0];
		await nextTurn();
	}
}

function tidyDb(store: Store): WriteDb {
	return present(store.internals.writeDb, 'the writable connection');
}
