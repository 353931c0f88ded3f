import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, sql, type ReadDb } from '../../main/store/db.ts';
import {
	insertRow,
	openStore,
	putBlob,
	runEdit,
	writeFrame,
	type EditDb,
	type FrameInput,
	type RowInput,
	type Store,
} from '../../main/store/index.ts';
import { frameBlobColumns, frameColumns, recordTables } from '../../main/store/tables.ts';
import type { RecordTable } from '../../main/store/types.ts';

/** A folder of its own, gone with `using`. */
export function scratchFolder(): { path: string; [Symbol.dispose](): void } {
	const path = mkdtempSync(join(tmpdir(), 'masklet-store-'));
	return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A clock that goes on by a second a look. */
export function tickingClock(): () => number {
	let millis = 1_700_000_000_000;
	return () => (millis += 1000);
}

export function createStore(folder: string): Store {
	return openStore(join(folder, 'project.masklet'), {
		mode: 'create',
		name: 'Test',
		now: tickingClock(),
		author: 'me',
	});
}

export function videoInput(
	db: EditDb,
	about: { name: string; frameCount: number; position?: number },
): RowInput<'video'> {
	return {
		name: about.name,
		kind: 'file',
		relativePath: about.name,
		absolutePath: `/videos/${about.name}`,
		sampledHash: 'ab'.repeat(32),
		fullHash: null,
		sizeBytes: 5_000_000_000,
		width: 64,
		height: 48,
		pixelAspect: 1,
		rotationDegrees: 0,
		frameCount: about.frameCount,
		durationSeconds: about.frameCount / 25,
		frameRate: 25,
		isVariableRate: false,
		codec: 'avc1.64001f',
		decoder: { name: 'Chromium', version: '153', colour: { matrix: 'bt709', range: 'limited' } },
		indexId: putBlob(db, new Uint8Array(new Float64Array(about.frameCount).map((_, n) => n / 25).buffer)),
		environment: null,
		split: null,
		position: about.position ?? 0,
		notices: [],
		importedAtMillis: 1_700_000_000_000,
	};
}

export function trackInput(videoId: number, name: string, position = 0): RowInput<'track'> {
	return {
		videoId,
		name,
		labelId: null,
		colour: '#4c9be8',
		position,
		isVisible: true,
		isLocked: false,
		verdict: 'draft',
		type: 'manual',
	};
}

/** A video with tracks, in one edit. */
export function importVideo(store: Store, about: { name: string; frameCount: number; trackCount: number }) {
	return runEdit(store, { name: `Import ${about.name}`, kind: 'video.import' }, (db) => {
		const videoId = insertRow(db, 'video', videoInput(db, about));
		const trackIds = Array.from({ length: about.trackCount }, (_, place) =>
			insertRow(db, 'track', trackInput(videoId, `track ${place + 1}`, place)),
		);
		return { videoId, trackIds };
	}).value;
}

/** A prompted frame whose mask is these bytes. */
export function putAnchor(db: EditDb, key: { trackId: number; frameIndex: number }, mask: Uint8Array): FrameInput {
	const maskId = putBlob(db, mask);
	const frame: FrameInput = { ...key, provenance: 'prompted', maskId, modelMaskId: maskId, isAnchor: true };
	writeFrame(db, frame);
	return frame;
}

/** Bytes that look like a mask of their own. */
export function maskOf(seed: number | string): Uint8Array {
	return new TextEncoder().encode(`mask ${seed}`);
}

/** The whole record as text, blobs by their content: equal records give equal dumps. */
export function dump(db: ReadDb): string {
	const lines: string[] = [];
	for (const table of Object.keys(recordTables) as RecordTable[]) {
		const { id, columns, blobColumns } = recordTables[table];
		lines.push(...dumpTable(db, { table, keys: id, columns: Object.keys(columns), blobColumns }));
	}
	const keys = 'trackId, frameIndex';
	lines.push(...dumpTable(db, { table: 'frame', keys, columns: frameColumns, blobColumns: frameBlobColumns }));
	return lines.join('\n');
}

type TableDump = { table: string; keys: string; columns: readonly string[]; blobColumns: readonly string[] };

function dumpTable(db: ReadDb, { table, keys, columns, blobColumns }: TableDump): string[] {
	const selected = columns.map((name) =>
		blobColumns.includes(name)
			? `CASE WHEN ${name} IS NULL THEN NULL ELSE
				coalesce((SELECT hex(sha256) FROM blob WHERE blobId = ${name}), 'dangling') END AS ${name}`
			: name,
	);
	return all<object>(db, sql`SELECT ${selected.join(', ')} FROM ${table} ORDER BY ${keys}`).map(
		(row) => `${table} ${JSON.stringify(row)}`,
	);
}

export function digestOf(db: ReadDb): string {
	return hash('sha256', dump(db), 'hex');
}
