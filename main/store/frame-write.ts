import { assert, present } from '../../preload/common/assert.ts';
import type { ChangeLog } from './change-log.ts';
import { all, first, run, sql, type ReadDb, type SqlParameters, type WriteDb } from './db.ts';
import type { EditDb } from './edit.ts';
import { deleteRow, videoOfTrack } from './row-write.ts';
import { encodeValue, frameColumns } from './tables.ts';
import { Withdrawn } from './transaction.ts';
import type { FrameInput, FrameKey, FramePatch } from './types.ts';

const columns = frameColumns.join(', ');
const bound = frameColumns.map((name) => `@${name}`).join(', ');
const assignments = frameColumns
	.slice(2)
	.map((name) => `${name} = excluded.${name}`)
	.join(', ');

const empty = {
	modelMaskId: null,
	paintedMaskId: null,
	erasedMaskId: null,
	predictedIou: null,
	objectScore: null,
	stability: null,
	isAnchor: false,
	isPending: false,
	isUncertain: false,
	passId: null,
};

/** Inserts a frame or replaces the whole row. Its prompts stay. */
export function writeFrame(db: EditDb, frame: FrameInput): void {
	assert(db.edit.mode === 'edit', 'an amendment updates frames alone');
	assert(Number.isInteger(frame.frameIndex) && frame.frameIndex >= 0, `frame ${frame.frameIndex}`);
	putFrame(db, { ...empty, ...frame });
}

/** Changes columns of a frame. Always a change: the edit's id is put on the row. */
export function updateFrame(db: EditDb, key: FrameKey, patch: FramePatch): void {
	const current = first<SqlParameters>(
		db,
		sql`SELECT ${columns} FROM frame WHERE trackId = @trackId AND frameIndex = @frameIndex`,
		{ trackId: key.trackId, frameIndex: key.frameIndex },
	);
	if (db.edit.mode === 'amend' && current?.editId !== db.edit.editId) {
		throw new Withdrawn();
	}
	putFrame(db, { ...present(current, `frame ${key.frameIndex} of track ${key.trackId}`), ...patch });
}

/** Leaves holes from `from` to `to - 1`, prompts included. Returns how many frames were there. */
export function deleteFrames(db: EditDb, range: { trackId: number; from: number; to: number }): number {
	assert(db.edit.mode === 'edit', 'an amendment deletes nothing');
	const { trackId, from, to } = range;
	const within = sql`trackId = @trackId AND frameIndex >= @from AND frameIndex < @to`;
	const prompts = all<{ promptId: number }>(db, sql`SELECT promptId FROM prompt WHERE ${within} ORDER BY promptId`, {
		trackId,
		from,
		to,
	});
	for (const { promptId } of prompts) {
		deleteRow(db, 'prompt', promptId);
	}
	const opId = beginFramesOp(db);
	run(
		db,
		sql`INSERT INTO frameImage (opId, side, ${columns}) SELECT @opId, 'old', ${columns} FROM frame WHERE ${within}`,
		{ opId, trackId, from, to },
	);
	const { changes } = run(db, sql`DELETE FROM frame WHERE ${within}`, { trackId, from, to });
	endFramesOp(db, opId, db.edit.log);
	return changes;
}

/** One op over any number of frames: its images are put in `frameImage` by the caller. */
export function beginFramesOp(db: EditDb): number {
	return run(db, sql`INSERT INTO op (editId, kind) VALUES (@editId, 'frames')`, { editId: db.edit.editId }).rowId;
}

/** Tells the log which frames an op touches; takes the op back where there are none. */
export function endFramesOp(db: EditDb, opId: number, log: ChangeLog): void {
	if (noteFrames(db, opId, log).length === 0) {
		run(db, sql`DELETE FROM op WHERE opId = @opId`, { opId });
	}
}

/** Puts the frames of an op as they were before (`old`) or after it (`new`). */
export function applyFramesOp(db: WriteDb, opId: number, side: 'old' | 'new', log: ChangeLog): void {
	const otherSide = side === 'old' ? 'new' : 'old';
	for (const span of noteFrames(db, opId, log)) {
		run(db, deleteOtherSql, { opId, side, otherSide, ...span });
	}
	putFrames(db, opId, side);
}

/** Within a span, frames that one side of an op has and the other has not. */
export const deleteOtherSql = sql`
	DELETE FROM frame
	WHERE trackId = @trackId AND frameIndex >= @firstFrameIndex AND frameIndex <= @lastFrameIndex
		AND EXISTS (
			SELECT 1 FROM frameImage AS image
			WHERE opId = @opId AND side = @otherSide
				AND image.trackId = frame.trackId AND image.frameIndex = frame.frameIndex
		)
		AND NOT EXISTS (
			SELECT 1 FROM frameImage AS image
			WHERE opId = @opId AND side = @side
				AND image.trackId = frame.trackId AND image.frameIndex = frame.frameIndex
		)
`;

/** Writes one side of an op's images into the record. */
export function putFrames(db: WriteDb, opId: number, side: 'old' | 'new'): void {
	run(db, putFramesSql, { opId, side });
}

export const putFramesSql = sql`
	INSERT INTO frame (${columns})
	SELECT ${columns} FROM frameImage WHERE opId = @opId AND side = @side
	ON CONFLICT (trackId, frameIndex) DO UPDATE SET ${assignments}
`;

/** Takes the frames as they are for what an op finds before it; see `amendEdit`. */
export function refreshOldFrames(db: WriteDb, opId: number): void {
	run(db, refreshOldSql, { opId });
}

const taken = frameColumns.slice(2);
export const refreshOldSql = sql`
	UPDATE frameImage SET (${taken.join(', ')}) = (${taken.map((name) => `frame.${name}`).join(', ')})
	FROM frame
	WHERE opId = @opId AND side = 'old'
		AND frame.trackId = frameImage.trackId AND frame.frameIndex = frameImage.frameIndex
`;

function putFrame(db: EditDb, frame: Record<string, unknown>): void {
	const { editId, atMillis, author, log } = db.edit;
	const values: SqlParameters = {};
	for (const name of frameColumns) {
		values[name] = encodeValue(frame[name] ?? null, name);
	}
	Object.assign(values, { editId, editedAtMillis: atMillis, author });
	assert(isThere(db, values.trackId as number), `track ${values.trackId} is not there`);
	const opId = beginFramesOp(db);
	const key = { trackId: values.trackId!, frameIndex: values.frameIndex! };
	const image = sql`
		INSERT INTO frameImage (opId, side, ${columns})
		SELECT @opId, @side, ${columns} FROM frame WHERE trackId = @trackId AND frameIndex = @frameIndex
	`;
	run(db, image, { opId, side: 'old', ...key });
	run(
		db,
		sql`
			INSERT INTO frame (${columns}) VALUES (${bound})
			ON CONFLICT (trackId, frameIndex) DO UPDATE SET ${assignments}
		`,
		values,
	);
	run(db, image, { opId, side: 'new', ...key });
	endFramesOp(db, opId, log);
}

/** Frames of removed tracks stay as they are until `compact` takes them. */
function isThere(db: ReadDb, trackId: number): boolean {
	return (
		first(db, sql`SELECT 1 FROM track WHERE trackId = @trackId AND removedEditId IS NULL`, { trackId }) !== undefined
	);
}

type Span = { trackId: number; firstFrameIndex: number; lastFrameIndex: number };

export const opSpansSql = sql`
	SELECT trackId, min(frameIndex) AS firstFrameIndex, max(frameIndex) AS lastFrameIndex
	FROM frameImage WHERE opId = @opId GROUP BY trackId
`;

function noteFrames(db: ReadDb, opId: number, log: ChangeLog): Span[] {
	const spans = all<Span>(db, opSpansSql, { opId });
	for (const { trackId, firstFrameIndex, lastFrameIndex } of spans) {
		log.frames(videoOfTrack(db, trackId), trackId, firstFrameIndex, lastFrameIndex);
	}
	return spans;
}
