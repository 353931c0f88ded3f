import { setImmediate as nextTurn } from 'node:timers/promises';
import { collectBlobs, type Tidied } from './collect.ts';
import { all, execute, pragma, run, sql, type Sql } from './db.ts';
import type { Store } from './open.ts';
import { transact } from './transaction.ts';

/** Rows deleted, and pages given back, between two turns of the event loop. */
const stepRows = 2000;
const stepPages = 500;

/**
 * Forgets edits that can be neither undone nor redone, and all applied ones but the newest `keepEdits`; deletes what
 * removed videos and tracks left behind, collects blobs and gives the space back.
 */
export async function compact(
	store: Store,
	options: { keepEdits: number; signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
): Promise<Tidied & { editCount: number }> {
	const { keepEdits, signal, onProgress } = options;
	// First, in one commit: what is to go can no longer be undone, so that a kill halfway harms nothing.
	transact(store, (db) =>
		run(
			db,
			sql`
				UPDATE edit SET state = 'cut' WHERE state = 'applied' AND editId NOT IN (
					SELECT editId FROM edit WHERE state = 'applied' ORDER BY editId DESC LIMIT @keepEdits
				)
			`,
			{ keepEdits },
		),
	);
	const cut = all<{ editId: number }>(store.db, sql`SELECT editId FROM edit WHERE state = 'cut' ORDER BY editId`);
	for (const [done, { editId }] of cut.entries()) {
		await forgetEdit(store, { editId, signal });
		onProgress?.(done + 1, cut.length);
	}
	await purgeRemoved(store, signal);
	const tidied = await collectBlobs(store, { signal });
	await giveBack(store, signal);
	return { ...tidied, editCount: cut.length };
}

async function forgetEdit(store: Store, { editId, signal }: { editId: number; signal?: AbortSignal }): Promise<void> {
	const ops = all<{ opId: number }>(store.db, sql`SELECT opId FROM op WHERE editId = @editId`, { editId });
	for (const { opId } of ops) {
		await deleteSteps(store, { from: sql`frameImage WHERE opId = @rowId`, rowId: opId, signal });
	}
	await deleteSteps(store, { from: sql`op WHERE editId = @rowId`, rowId: editId, signal });
	await deleteSteps(store, { from: sql`edit WHERE editId = @rowId`, rowId: editId, signal });
}

/** Rows of videos and tracks whose removal can no longer be undone, unless an edit that can still speaks of them. */
async function purgeRemoved(store: Store, signal?: AbortSignal): Promise<void> {
	const gone = sql`removedEditId IS NOT NULL AND removedEditId NOT IN (SELECT editId FROM edit)`;
	const tracks = all<{ trackId: number }>(
		store.db,
		sql`
			SELECT trackId FROM track
			WHERE (${gone} OR videoId IN (SELECT videoId FROM video WHERE ${gone}))
				AND trackId NOT IN (SELECT rowId FROM op WHERE tableName = 'track')
			ORDER BY trackId
		`,
	);
	for (const { trackId: rowId } of tracks) {
		for (const from of [sql`prompt WHERE trackId = @rowId`, sql`frame WHERE trackId = @rowId`]) {
			await deleteSteps(store, { from, rowId, signal });
		}
		await deleteSteps(store, { from: sql`track WHERE trackId = @rowId`, rowId, signal });
	}
	const videos = all<{ videoId: number }>(
		store.db,
		sql`
			SELECT videoId FROM video
			WHERE ${gone} AND videoId NOT IN (SELECT rowId FROM op WHERE tableName = 'video')
				AND videoId NOT IN (SELECT videoId FROM track)
			ORDER BY videoId
		`,
	);
	for (const { videoId: rowId } of videos) {
		await deleteSteps(store, { from: sql`video WHERE videoId = @rowId`, rowId, signal });
	}
}

async function deleteSteps(
	store: Store,
	{ from, rowId, signal }: { from: Sql; rowId: number; signal?: AbortSignal },
): Promise<void> {
	const text = sql`DELETE FROM ${from} LIMIT ${String(stepRows)}`;
	for (;;) {
		signal?.throwIfAborted();
		const step = transact(store, (db) => run(db, text, { rowId }).changes);
		if (!step || step.value < stepRows) {
			return;
		}
		await nextTurn();
	}
}

/** Hands free pages back to the disk. */
async function giveBack(store: Store, signal?: AbortSignal): Promise<void> {
	while (pragma<number>(store.db, 'freelist_count') > 0) {
		signal?.throwIfAborted();
		execute(store.db, sql`PRAGMA incremental_vacuum(${String(stepPages)})`);
		await nextTurn();
	}
}
