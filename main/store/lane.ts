import { laneCodeOf, laneFlags, laneNoIou, type Provenance } from '../../preload/common/masklet.ts';
import { allRaw, first, sql, type ReadDb } from './db.ts';
import { revisionOf } from './transaction.ts';

/** A track over its video, one byte a frame, as the contract's `lane`. */
export type LaneArrays = {
	trackId: number;
	revision: number;
	/** 0 a hole, else `laneCodeOf` its provenance. */
	kinds: Uint8Array;
	/** Bits of `laneFlags`. */
	flags: Uint8Array;
	/** Predicted IoU x 254; `laneNoIou` none. */
	ious: Uint8Array;
};

const flagBits = sql`isUncertain * ${String(laneFlags.uncertain)}`;

export const laneSql = sql`
	SELECT frameIndex, provenance,
		isAnchor * ${String(laneFlags.anchor)} + ${flagBits} + isPending * ${String(laneFlags.pending)},
		predictedIou
	FROM frame WHERE trackId = @trackId
`;

export const previewLaneSql = sql`
	SELECT frameIndex, provenance, ${flagBits}, predictedIou
	FROM pass CROSS JOIN passFrame USING (passId)
	WHERE pass.state = 'running' AND pass.videoId = @videoId AND passFrame.trackId = @trackId
	ORDER BY pass.passId
`;

type LaneRow = readonly [frameIndex: number, provenance: Provenance, flags: number, predictedIou: number | null];

/** Null for a track that is not there. `withPreview`: running passes lie over everything but anchors. */
export function readLane(db: ReadDb, trackId: number, options: { withPreview?: boolean } = {}): LaneArrays | null {
	const video = first<{ videoId: number; frameCount: number }>(
		db,
		sql`
			SELECT videoId, frameCount FROM track JOIN video USING (videoId)
			WHERE trackId = @trackId AND track.removedEditId IS NULL AND video.removedEditId IS NULL
		`,
		{ trackId },
	);
	if (!video) {
		return null;
	}
	const { videoId, frameCount } = video;
	const lane = {
		trackId,
		revision: revisionOf(db),
		kinds: new Uint8Array(frameCount),
		flags: new Uint8Array(frameCount),
		ious: new Uint8Array(frameCount).fill(laneNoIou),
	};
	lay(lane, allRaw<LaneRow>(db, laneSql, { trackId }));
	if (options.withPreview) {
		const previews = allRaw<LaneRow>(db, previewLaneSql, { videoId, trackId });
		lay(
			lane,
			previews.filter(([frameIndex]) => !(lane.flags[frameIndex]! & laneFlags.anchor)),
		);
	}
	return lane;
}

function lay(lane: LaneArrays, rows: LaneRow[]): void {
	for (const [frameIndex, provenance, flags, predictedIou] of rows) {
		lane.kinds[frameIndex] = laneCodeOf(provenance);
		lane.flags[frameIndex] = flags;
		lane.ious[frameIndex] = predictedIou === null ? laneNoIou : iouByte(predictedIou);
	}
}

function iouByte(predictedIou: number): number {
	return Math.round(Math.min(1, Math.max(0, predictedIou)) * 254);
}
