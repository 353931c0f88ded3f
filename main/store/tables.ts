import { assert } from '../../preload/common/assert.ts';
import type { SqlParameters, SqlValue } from './db.ts';
import type { CommandColumns, RecordId, RecordRows, RecordTable } from './types.ts';

/** `plain`: number, string or null as it is. `boolean`: 0 or 1. `json`: text. */
type ColumnKind = 'plain' | 'boolean' | 'json';

type TableSpec<T extends RecordTable> = {
	id: RecordId[T];
	/** Every column, in the table's order. */
	columns: { [C in keyof RecordRows[T]]: ColumnKind };
	/** Columns that edits leave alone. */
	commandColumns: readonly (T extends keyof CommandColumns ? CommandColumns[T] : never)[];
	/** Columns that hold a blob's id. */
	blobColumns: readonly (keyof RecordRows[T] & string)[];
};

export const recordTables: { [T in RecordTable]: TableSpec<T> } = {
	project: {
		id: 'projectId',
		columns: { projectId: 'plain', name: 'plain', createdAtMillis: 'plain', modelId: 'plain', settings: 'json' },
		commandColumns: ['modelId', 'settings'],
		blobColumns: [],
	},
	video: {
		id: 'videoId',
		columns: {
			videoId: 'plain',
			name: 'plain',
			kind: 'plain',
			relativePath: 'plain',
			absolutePath: 'plain',
			sampledHash: 'plain',
			fullHash: 'plain',
			sizeBytes: 'plain',
			width: 'plain',
			height: 'plain',
			pixelAspect: 'plain',
			rotationDegrees: 'plain',
			frameCount: 'plain',
			durationSeconds: 'plain',
			frameRate: 'plain',
			isVariableRate: 'boolean',
			codec: 'plain',
			decoder: 'json',
			indexId: 'plain',
			environment: 'plain',
			split: 'plain',
			position: 'plain',
			notices: 'json',
			importedAtMillis: 'plain',
			removedEditId: 'plain',
		},
		commandColumns: ['relativePath', 'absolutePath', 'fullHash', 'sampledHash', 'sizeBytes'],
		blobColumns: ['indexId'],
	},
	label: {
		id: 'labelId',
		columns: { labelId: 'plain', name: 'plain', colour: 'plain' },
		commandColumns: [],
		blobColumns: [],
	},
	track: {
		id: 'trackId',
		columns: {
			trackId: 'plain',
			videoId: 'plain',
			name: 'plain',
			labelId: 'plain',
			colour: 'plain',
			position: 'plain',
			isVisible: 'boolean',
			isLocked: 'boolean',
			verdict: 'plain',
			type: 'plain',
			removedEditId: 'plain',
		},
		commandColumns: [],
		blobColumns: [],
	},
	prompt: {
		id: 'promptId',
		columns: {
			promptId: 'plain',
			trackId: 'plain',
			frameIndex: 'plain',
			position: 'plain',
			kind: 'plain',
			shape: 'json',
			maskId: 'plain',
		},
		commandColumns: [],
		blobColumns: ['maskId'],
	},
};

/** Columns of `frame` and of the images of it in the log, in the table's order. */
export const frameColumns = [
	'trackId',
	'frameIndex',
	'provenance',
	'maskId',
	'modelMaskId',
	'paintedMaskId',
	'erasedMaskId',
	'predictedIou',
	'objectScore',
	'stability',
	'isAnchor',
	'isPending',
	'isUncertain',
	'passId',
	'editId',
	'editedAtMillis',
	'author',
] as const;

export const frameBlobColumns = ['maskId', 'modelMaskId', 'paintedMaskId', 'erasedMaskId'] as const;

export function columnsOf(table: RecordTable): string[] {
	return Object.keys(recordTables[table].columns);
}

/** What the database keeps of (a part of) a row. */
export function encodeRow(table: RecordTable, row: Record<string, unknown>): SqlParameters {
	const columns = recordTables[table].columns as Record<string, ColumnKind>;
	const encoded: SqlParameters = {};
	for (const [name, value] of Object.entries(row)) {
		const kind = columns[name];
		assert(kind !== undefined, `${table} has no column ${name}`);
		if (value !== undefined) {
			encoded[name] = kind === 'json' ? JSON.stringify(value) : encodeValue(value, name);
		}
	}
	return encoded;
}

export function decodeRow<T extends RecordTable>(table: T, row: SqlParameters): RecordRows[T] {
	const columns = recordTables[table].columns as Record<string, ColumnKind>;
	const decoded: Record<string, unknown> = {};
	for (const [name, kind] of Object.entries(columns)) {
		const value = row[name];
		decoded[name] = kind === 'json' ? JSON.parse(value as string) : kind === 'boolean' ? value === 1 : value;
	}
	return decoded as RecordRows[T];
}

/** Not-finite numbers are refused: the log, which is JSON, could not bring them back. */
export function encodeValue(value: unknown, name: string): SqlValue {
	if (typeof value === 'boolean') {
		return value ? 1 : 0;
	}
	assert(typeof value !== 'number' || Number.isFinite(value), `${name} is not a finite number`);
	assert(value === null || typeof value === 'number' || typeof value === 'string', `${name} is of no column's type`);
	return value;
}
