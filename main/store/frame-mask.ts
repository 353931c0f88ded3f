import { plainBytes } from './blob.ts';
import { all, sql, type ReadDb, type SqlParameters } from './db.ts';
import {
	maskRecord,
	promptRecord,
	selectedFrameColumns,
	type MaskRecord,
	type PromptRecord,
	type PromptSql,
} from './frame.ts';

/** What the stage shows of one track. `isPreview`: from a run that is not published yet. */
export type FrameMaskRecord = MaskRecord & { isPreview: boolean; prompts: PromptRecord[] };

export const frameMasksSql = sql`
	SELECT ${selectedFrameColumns}, blob.bytes AS mask
	FROM track
		CROSS JOIN frame ON frame.trackId = track.trackId AND frame.frameIndex = @frameIndex
		JOIN blob ON blob.blobId = frame.maskId
	WHERE track.videoId = @videoId AND track.removedEditId IS NULL
	ORDER BY track.position, track.trackId
`;

export const framePromptsSql = sql`
	SELECT promptId, prompt.trackId, prompt.frameIndex, prompt.position, kind, shape, bytes
	FROM track
		CROSS JOIN prompt ON prompt.trackId = track.trackId AND prompt.frameIndex = @frameIndex
		LEFT JOIN blob ON blob.blobId = prompt.maskId
	WHERE track.videoId = @videoId AND track.removedEditId IS NULL
	ORDER BY prompt.trackId, prompt.position, promptId
`;

export const previewMasksSql = sql`
	SELECT track.trackId, track.position, passFrame.frameIndex, passFrame.provenance, passFrame.predictedIou,
		passFrame.objectScore, passFrame.stability, passFrame.isUncertain, passFrame.passId, pass.startedAtMillis,
		blob.bytes AS mask
	FROM pass
		CROSS JOIN track ON track.videoId = pass.videoId AND track.removedEditId IS NULL
		CROSS JOIN passFrame ON passFrame.passId = pass.passId AND passFrame.trackId = track.trackId
			AND passFrame.frameIndex = @frameIndex
		JOIN blob ON blob.blobId = passFrame.maskId
	WHERE pass.state = 'running' AND pass.videoId = @videoId
	ORDER BY pass.passId
`;

/**
 * Every track's mask on one frame, in the list's order; holes are left out. `withPreview`: what running passes have
 * for the frame lies over everything but anchors, a later pass over an earlier one.
 */
export function frameMasks(
	db: ReadDb,
	at: { videoId: number; frameIndex: number; withPreview?: boolean },
): FrameMaskRecord[] {
	const parameters = { videoId: at.videoId, frameIndex: at.frameIndex };
	const prompts = Map.groupBy(all<PromptSql>(db, framePromptsSql, parameters), (row) => row.trackId);
	const shown = new Map<number, FrameMaskRecord>();
	for (const row of all<SqlParameters>(db, frameMasksSql, parameters)) {
		const record = maskRecord(row);
		shown.set(record.trackId, {
			...record,
			isPreview: false,
			prompts: (prompts.get(record.trackId) ?? []).map(promptRecord),
		});
	}
	if (!at.withPreview) {
		return [...shown.values()];
	}
	const previews = all<SqlParameters>(db, previewMasksSql, parameters).filter(
		(row) => !shown.get(row.trackId as number)?.isAnchor,
	);
	if (previews.length === 0) {
		return [...shown.values()];
	}
	for (const row of previews) {
		shown.set(row.trackId as number, previewRecord(row));
	}
	const order = new Map(trackOrder(db, at.videoId).map((trackId, place) => [trackId, place]));
	return [...shown.values()].sort((a, b) => order.get(a.trackId)! - order.get(b.trackId)!);
}

function trackOrder(db: ReadDb, videoId: number): number[] {
	return all<{ trackId: number }>(
		db,
		sql`SELECT trackId FROM track WHERE videoId = @videoId ORDER BY position, trackId`,
		{ videoId },
	).map((row) => row.trackId);
}

/** It belongs to no edit yet: `editId` 0. */
function previewRecord(row: SqlParameters): FrameMaskRecord {
	const { trackId, frameIndex, provenance, predictedIou, objectScore, stability, passId, startedAtMillis } = row;
	return {
		...({ trackId, frameIndex, provenance, predictedIou, objectScore, stability, passId } as MaskRecord),
		isAnchor: false,
		isPending: false,
		isUncertain: row.isUncertain === 1,
		editId: 0,
		editedAtMillis: startedAtMillis as number,
		author: null,
		mask: plainBytes(row.mask as Uint8Array),
		isPreview: true,
		prompts: [],
	};
}
