import { present } from '../../preload/common/assert.ts';
import { first, run, sql } from './db.ts';
import type { EditDb } from './edit.ts';
import { beginFramesOp, endFramesOp, putFrames } from './frame-write.ts';
import { frameColumns } from './tables.ts';

/** `keptAnchorCount`: reached frames that became anchors meanwhile and stay as they are. */
export type Published = { publishedCount: number; keptAnchorCount: number };

const columns = frameColumns.join(', ');
const qualified = frameColumns.map((name) => `frame.${name}`).join(', ');
const reached = sql`
	passFrame CROSS JOIN track ON track.trackId = passFrame.trackId AND track.removedEditId IS NULL
		AND track.videoId = @videoId
`;
const thereNow = sql`frame ON frame.trackId = passFrame.trackId AND frame.frameIndex = passFrame.frameIndex`;

/** Repoints the reached frames in one op, set by set: thousands of masks in some tens of milliseconds. */
export function publishFrames(db: EditDb, passId: number): Published {
	const { editId, atMillis, author, log } = db.edit;
	const { videoId } = present(
		first<{ videoId: number }>(db, sql`SELECT videoId FROM pass WHERE passId = @passId`, { passId }),
		`pass ${passId}`,
	);
	const opId = beginFramesOp(db);
	run(db, publishOldSql, { opId, passId, videoId });
	const { changes: publishedCount } = run(db, publishNewSql, { opId, passId, videoId, editId, atMillis, author });
	const { keptAnchorCount } = first<{ keptAnchorCount: number }>(
		db,
		sql`
			SELECT count(*) AS keptAnchorCount FROM ${reached} CROSS JOIN ${thereNow}
			WHERE passFrame.passId = @passId AND frame.isAnchor = 1
		`,
		{ passId, videoId },
	)!;
	putFrames(db, opId, 'new');
	endFramesOp(db, opId, log);
	return { publishedCount, keptAnchorCount };
}

/** What is there now of the reached frames that are no anchors. */
export const publishOldSql = sql`
	INSERT INTO frameImage (opId, side, ${columns})
	SELECT @opId, 'old', ${qualified} FROM ${reached} CROSS JOIN ${thereNow}
	WHERE passFrame.passId = @passId AND frame.isAnchor = 0
`;

/** What they become. */
export const publishNewSql = sql`
	INSERT INTO frameImage (opId, side, ${columns})
	SELECT @opId, 'new', passFrame.trackId, passFrame.frameIndex, passFrame.provenance, passFrame.maskId,
		passFrame.maskId, NULL, NULL, passFrame.predictedIou, passFrame.objectScore, passFrame.stability,
		0, 0, passFrame.isUncertain, passFrame.passId, @editId, @atMillis, @author
	FROM ${reached} LEFT JOIN ${thereNow}
	WHERE passFrame.passId = @passId AND coalesce(frame.isAnchor, 0) = 0
`;
