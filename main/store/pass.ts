import { assert, present } from '../../preload/common/assert.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import { putBlob } from './blob.ts';
import { all, first, run, sql, type ReadDb, type SqlParameters, type WriteDb } from './db.ts';
import { runEdit } from './edit.ts';
import { publishFrames, type Published } from './pass-publish.ts';
import type { Store } from './open.ts';
import { encodeValue } from './tables.ts';
import { transact } from './transaction.ts';
import type {
	EditResult,
	Json,
	PassFrameInput,
	PassInfo,
	PassSegment,
	PassSegmentProgress,
	PassState,
} from './types.ts';

type NewPass = { videoId: number; modelId: string; request: Json; segments: readonly PassSegment[] };

/** Opens a pass for a run; returns its id. `request` is all that is needed to run it again. */
export function beginPass(store: Store, pass: NewPass): number {
	return change(store, (db) => {
		const { rowId: passId } = run(
			db,
			sql`
				INSERT INTO pass (videoId, modelId, state, request, startedAtMillis)
				VALUES (@videoId, @modelId, 'running', @request, @startedAtMillis)
			`,
			{
				videoId: pass.videoId,
				modelId: pass.modelId,
				request: JSON.stringify(pass.request),
				startedAtMillis: store.internals.now(),
			},
		);
		for (const [position, segment] of pass.segments.entries()) {
			const { trackId, direction, anchorFrameIndex, firstFrameIndex, lastFrameIndex } = segment;
			assert(
				direction === 'forward' ? firstFrameIndex <= lastFrameIndex : firstFrameIndex >= lastFrameIndex,
				`a ${direction} segment from ${firstFrameIndex} to ${lastFrameIndex}`,
			);
			run(
				db,
				sql`
					INSERT INTO passSegment (
						passId, position, trackId, direction, anchorFrameIndex, firstFrameIndex, lastFrameIndex
					)
					VALUES (
						@passId, @position, @trackId, @direction, @anchorFrameIndex, @firstFrameIndex, @lastFrameIndex
					)
				`,
				{ passId, position, trackId, direction, anchorFrameIndex, firstFrameIndex, lastFrameIndex },
			);
		}
		return passId;
	});
}

/** Keeps frames of a running pass, in one commit. A frame that the pass has already is replaced. */
export function appendPassFrames(store: Store, passId: number, frames: readonly PassFrameInput[]): void {
	change(store, (db) => {
		expectState(db, passId, ['running']);
		for (const frame of frames) {
			const { trackId, frameIndex, provenance, isUncertain, mask } = frame;
			run(
				db,
				sql`
					INSERT INTO passFrame (
						passId, trackId, frameIndex, provenance, maskId, predictedIou, objectScore, stability, isUncertain
					)
					VALUES (
						@passId, @trackId, @frameIndex, @provenance, @maskId, @predictedIou, @objectScore, @stability,
						@isUncertain
					)
					ON CONFLICT (passId, trackId, frameIndex) DO UPDATE SET
						provenance = excluded.provenance, maskId = excluded.maskId,
						predictedIou = excluded.predictedIou, objectScore = excluded.objectScore,
						stability = excluded.stability, isUncertain = excluded.isUncertain
				`,
				{
					passId,
					trackId,
					frameIndex,
					provenance,
					maskId: putBlob(db, mask),
					predictedIou: encodeValue(frame.predictedIou, 'predictedIou'),
					objectScore: encodeValue(frame.objectScore, 'objectScore'),
					stability: encodeValue(frame.stability, 'stability'),
					isUncertain: isUncertain ? 1 : 0,
				},
			);
		}
	});
}

/**
 * Publishes what a pass has, running or interrupted, as one edit: every frame that is no anchor now, of tracks that
 * are there now. Where nothing is left of it, no edit is recorded; the pass is over all the same.
 */
export function publishPass(
	store: Store,
	passId: number,
	about: { name: string; kind: string },
): EditResult<Published> {
	const result = runEdit(store, about, (db) => {
		expectState(db, passId, ['running', 'interrupted']);
		const published = publishFrames(db, passId);
		endPass(db, passId, { state: 'published', editId: db.edit.editId });
		return published;
	});
	if (result.editId === null) {
		change(store, (db) => endPass(db, passId, { state: 'published', editId: null }));
	}
	return result;
}

/** Throws a pass away, running or interrupted. */
export function dropPass(store: Store, passId: number): void {
	change(store, (db) => {
		expectState(db, passId, ['running', 'interrupted']);
		endPass(db, passId, { state: 'dropped', editId: null });
	});
}

/** An interrupted pass is running again; `passSegments` tells what is left to do. */
export function resumePass(store: Store, passId: number): PassInfo {
	change(store, (db) => {
		expectState(db, passId, ['interrupted']);
		run(db, sql`UPDATE pass SET state = 'running' WHERE passId = @passId`, { passId });
	});
	return present(readPass(store.db, passId), `pass ${passId}`);
}

/** A pass that is running stops without being published: it waits for a decision, as after a kill. */
export function interruptPass(store: Store, passId: number): void {
	change(store, (db) => {
		expectState(db, passId, ['running']);
		run(db, sql`UPDATE pass SET state = 'interrupted' WHERE passId = @passId`, { passId });
	});
}

export function readPass(db: ReadDb, passId: number): PassInfo | null {
	const row = first<SqlParameters>(db, sql`${passes} WHERE passId = @passId`, { passId });
	return row ? passInfo(db, row) : null;
}

/** Passes whose process died, and that neither went on nor were published or dropped; oldest first. */
export function interruptedPasses(db: ReadDb): PassInfo[] {
	return all<SqlParameters>(
		db,
		sql`${passes} JOIN video USING (videoId) WHERE state = 'interrupted' AND removedEditId IS NULL ORDER BY passId`,
	).map((row) => passInfo(db, row));
}

/** The segments of a pass as they were begun, each with how far it got. */
export function passSegments(db: ReadDb, passId: number): PassSegmentProgress[] {
	return all(db, passSegmentsSql, { passId });
}

export const passSegmentsSql = sql`
	SELECT trackId, direction, anchorFrameIndex, firstFrameIndex, lastFrameIndex,
		CASE direction WHEN 'forward' THEN (
			SELECT max(frameIndex) FROM passFrame
			WHERE passFrame.passId = passSegment.passId AND passFrame.trackId = passSegment.trackId
				AND frameIndex >= firstFrameIndex AND frameIndex <= lastFrameIndex
		) ELSE (
			SELECT min(frameIndex) FROM passFrame
			WHERE passFrame.passId = passSegment.passId AND passFrame.trackId = passSegment.trackId
				AND frameIndex >= lastFrameIndex AND frameIndex <= firstFrameIndex
		) END AS reachedFrameIndex
	FROM passSegment WHERE passId = @passId ORDER BY position
`;

const passes = sql`
	SELECT passId, pass.videoId, modelId, state, request, startedAtMillis,
		(SELECT count(*) FROM passFrame WHERE passFrame.passId = pass.passId) AS doneCount
	FROM pass
`;

function passInfo(db: ReadDb, row: SqlParameters): PassInfo {
	const passId = row.passId as number;
	const segments = passSegments(db, passId);
	return {
		passId,
		videoId: row.videoId as number,
		trackIds: [...new Set(segments.map((segment) => segment.trackId))].sort((a, b) => a - b),
		modelId: row.modelId as string,
		state: row.state as PassState,
		doneCount: row.doneCount as number,
		totalCount: segments.reduce((sum, at) => sum + Math.abs(at.lastFrameIndex - at.firstFrameIndex) + 1, 0),
		request: JSON.parse(row.request as string) as Json,
		startedAtMillis: row.startedAtMillis as number,
	};
}

function expectState(db: ReadDb, passId: number, states: PassState[]): void {
	const row = first<{ state: PassState }>(db, sql`SELECT state FROM pass WHERE passId = @passId`, { passId });
	if (!row) {
		throw new StudioError('store.passUnknown', { passId });
	}
	if (!states.includes(row.state)) {
		throw new StudioError('store.passEnded', { passId, state: row.state });
	}
}

/** The frames of an ended pass are in the record, or gone. */
function endPass(db: WriteDb, passId: number, end: { state: 'published' | 'dropped'; editId: number | null }): void {
	run(db, sql`DELETE FROM passFrame WHERE passId = @passId`, { passId });
	run(db, sql`UPDATE pass SET state = @state, publishedEditId = @editId WHERE passId = @passId`, { passId, ...end });
}

function change<T>(store: Store, work: (db: WriteDb) => T): T {
	return present(transact(store, work), 'the result of a transaction').value;
}
