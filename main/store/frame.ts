import { plainBytes } from './blob.ts';
import { all, first, sql, type ReadDb, type Sql, type SqlParameters } from './db.ts';
import { frameColumns } from './tables.ts';
import type { FrameKey, FrameRow, Json, StoredPrompt } from './types.ts';

export type PromptRecord = { promptId: number; position: number; prompt: StoredPrompt };

/** One track on one frame, as it is shown and exported. */
export type MaskRecord = Omit<FrameRow, 'maskId' | 'modelMaskId' | 'paintedMaskId' | 'erasedMaskId'> & {
	/** COCO's compressed counts. */
	mask: Uint8Array;
};

/** A frame with all its layers and prompts, for edits and runs. */
export type FrameRecord = FrameRow & {
	mask: Uint8Array;
	modelMask: Uint8Array | null;
	paintedMask: Uint8Array | null;
	erasedMask: Uint8Array | null;
	/** In order. */
	prompts: PromptRecord[];
};

export const selectedFrameColumns = frameColumns.map((name) => `frame.${name}`).join(', ');

export const readMaskSql = sql`
	SELECT ${selectedFrameColumns}, blob.bytes AS mask FROM frame JOIN blob ON blob.blobId = frame.maskId
	WHERE trackId = @trackId AND frameIndex = @frameIndex
`;

/** One track's mask on one frame; null for a hole. */
export function readMask(db: ReadDb, key: FrameKey): MaskRecord | null {
	const row = first<SqlParameters>(db, readMaskSql, { trackId: key.trackId, frameIndex: key.frameIndex });
	return row ? maskRecord(row) : null;
}

export const readFrameSql = layersOf(sql`frame`, sql`frame.trackId = @trackId AND frame.frameIndex = @frameIndex`);

/** A frame with layers and prompts; null for a hole. */
export function readFrame(db: ReadDb, key: FrameKey): FrameRecord | null {
	const parameters = { trackId: key.trackId, frameIndex: key.frameIndex };
	const row = first<SqlParameters>(db, readFrameSql, parameters);
	return row ? frameRecord(row, promptsOf(db, promptsOfFrameSql, parameters).map(promptRecord)) : null;
}

export const anchorsSql = layersOf(
	sql`frame INDEXED BY frameAnchor`,
	sql`frame.trackId = @trackId AND frame.isAnchor = 1 ORDER BY frame.frameIndex`,
);

/** A track's anchors with layers and prompts, ascending. */
export function anchorsOf(db: ReadDb, trackId: number): FrameRecord[] {
	const prompts = Map.groupBy(promptsOf(db, promptsOfTrackSql, { trackId }), (row) => row.frameIndex);
	return all<SqlParameters>(db, anchorsSql, { trackId }).map((row) =>
		frameRecord(row, (prompts.get(row.frameIndex as number) ?? []).map(promptRecord)),
	);
}

/** A prompt and where it is; null where there is none. */
export function readPrompt(db: ReadDb, promptId: number): (FrameKey & PromptRecord) | null {
	const row = promptsOf(db, promptsWhere(sql`promptId = @promptId`), { promptId })[0];
	return row ? { trackId: row.trackId, frameIndex: row.frameIndex, ...promptRecord(row) } : null;
}

export type PendingFrame = { videoId: number; trackId: number; frameIndex: number; editId: number };

export const pendingFramesSql = sql`
	SELECT track.videoId, frame.trackId, frame.frameIndex, frame.editId
	FROM frame CROSS JOIN track USING (trackId) CROSS JOIN video USING (videoId)
	WHERE frame.isPending = 1 AND track.removedEditId IS NULL AND video.removedEditId IS NULL
	ORDER BY frame.editId, frame.trackId, frame.frameIndex
`;

/** Frames that wait for a model's mask, oldest edit first: made again after undo, redo and reopening. */
export function pendingFrames(db: ReadDb): PendingFrame[] {
	return all(db, pendingFramesSql);
}

export type FrameCounts = { frameCount: number; anchorCount: number; uncertainCount: number; emptyCount: number };

export const countFramesSql = sql`
	SELECT count(*) AS frameCount, coalesce(sum(isAnchor), 0) AS anchorCount,
		coalesce(sum(isUncertain), 0) AS uncertainCount,
		coalesce(sum(provenance IN ('emptyByModel', 'emptyByHand')), 0) AS emptyCount
	FROM frame WHERE trackId = @trackId
`;

export function countFrames(db: ReadDb, trackId: number): FrameCounts {
	return first(db, countFramesSql, { trackId })!;
}

export type PromptSql = {
	promptId: number;
	trackId: number;
	frameIndex: number;
	position: number;
	kind: StoredPrompt['kind'];
	shape: string;
	bytes: Uint8Array | null;
};

const promptsOfFrameSql = promptsWhere(sql`trackId = @trackId AND frameIndex = @frameIndex`);
export const promptsOfTrackSql = promptsWhere(sql`trackId = @trackId`);

function promptsWhere(condition: Sql): Sql {
	return sql`
		SELECT promptId, trackId, frameIndex, position, kind, shape, bytes
		FROM prompt LEFT JOIN blob ON blob.blobId = prompt.maskId
		WHERE ${condition} ORDER BY trackId, frameIndex, position, promptId
	`;
}

function layersOf(source: Sql, condition: Sql): Sql {
	return sql`
		SELECT ${selectedFrameColumns}, shown.bytes AS mask, model.bytes AS modelMask, painted.bytes AS paintedMask,
			erased.bytes AS erasedMask
		FROM ${source}
			JOIN blob AS shown ON shown.blobId = frame.maskId
			LEFT JOIN blob AS model ON model.blobId = frame.modelMaskId
			LEFT JOIN blob AS painted ON painted.blobId = frame.paintedMaskId
			LEFT JOIN blob AS erased ON erased.blobId = frame.erasedMaskId
		WHERE ${condition}
	`;
}

function promptsOf(db: ReadDb, text: Sql, parameters: SqlParameters): PromptSql[] {
	return all(db, text, parameters);
}

export function promptRecord({ promptId, position, kind, shape, bytes }: PromptSql): PromptRecord {
	const rest = JSON.parse(shape) as { [name: string]: Json };
	const prompt = { kind, ...rest, ...(bytes && { mask: plainBytes(bytes) }) } as StoredPrompt;
	return { promptId, position, prompt };
}

function frameRow(row: SqlParameters): FrameRow {
	const { isAnchor, isPending, isUncertain } = row;
	const kept = Object.fromEntries(frameColumns.map((name) => [name, row[name]]));
	return {
		...kept,
		isAnchor: isAnchor === 1,
		isPending: isPending === 1,
		isUncertain: isUncertain === 1,
	} as FrameRow;
}

export function maskRecord(row: SqlParameters): MaskRecord {
	const { maskId: _1, modelMaskId: _2, paintedMaskId: _3, erasedMaskId: _4, ...kept } = frameRow(row);
	return { ...kept, mask: plainBytes(row.mask as Uint8Array) };
}

function frameRecord(row: SqlParameters, prompts: PromptRecord[]): FrameRecord {
	const bytes = (name: string): Uint8Array | null => {
		const value = row[name] as Uint8Array | null;
		return value && plainBytes(value);
	};
	return {
		...frameRow(row),
		mask: bytes('mask')!,
		modelMask: bytes('modelMask'),
		paintedMask: bytes('paintedMask'),
		erasedMask: bytes('erasedMask'),
		prompts,
	};
}
