import { hash } from 'node:crypto';
import { present } from '../../preload/common/assert.ts';
import { first, run, sql, type ReadDb, type WriteDb } from './db.ts';

/** Keeps immutable bytes, equal ones once. Returns their id; ids are never given twice. */
export function putBlob(db: WriteDb, bytes: Uint8Array): number {
	const sha256 = hash('sha256', bytes, 'buffer');
	const known = first<{ blobId: number }>(db, sql`SELECT blobId FROM blob WHERE sha256 = @sha256`, { sha256 });
	const blobId =
		known?.blobId ?? run(db, sql`INSERT INTO blob (sha256, bytes) VALUES (@sha256, @bytes)`, { sha256, bytes }).rowId;
	db.spared.blobIds?.add(blobId);
	return blobId;
}

export function readBlob(db: ReadDb, blobId: number): Uint8Array {
	const row = first<{ bytes: Uint8Array }>(db, sql`SELECT bytes FROM blob WHERE blobId = @blobId`, { blobId });
	return plainBytes(present(row, `blob ${blobId}`).bytes);
}

/** Buffers of the driver as plain arrays: no methods of Node's, no shared memory behind them. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
	return new Uint8Array(bytes);
}
