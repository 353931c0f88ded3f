import { expect, test } from 'vitest';
import { planOf, type Sql } from '../../main/store/db.ts';
import { frameMasksSql, framePromptsSql, previewMasksSql } from '../../main/store/frame-mask.ts';
import {
	anchorsSql,
	countFramesSql,
	pendingFramesSql,
	promptsOfTrackSql,
	readFrameSql,
	readMaskSql,
} from '../../main/store/frame.ts';
import { listEditsSql, newestAppliedSql, oldestUndoneSql, opsOfEditSql } from '../../main/store/history.ts';
import { deleteOtherSql, opSpansSql, putFramesSql, refreshOldSql } from '../../main/store/frame-write.ts';
import { publishNewSql, publishOldSql } from '../../main/store/pass-publish.ts';
import { laneSql, previewLaneSql } from '../../main/store/lane.ts';
import { passSegmentsSql } from '../../main/store/pass.ts';
import { listTracksSql, listVideosSql } from '../../main/store/record.ts';
import { createStore, scratchFolder } from './support.ts';

test('queries that a person waits for use their index', () => {
	using folder = scratchFolder();
	using store = createStore(folder.path);
	const frame = { videoId: 1, frameIndex: 5 };
	const key = { trackId: 1, frameIndex: 5 };
	const plan = (text: Sql, parameters: Parameters<typeof planOf>[2] = {}): string[] =>
		planOf(store.db, text, parameters);
	expect({
		frameMasks: plan(frameMasksSql, frame),
		framePrompts: plan(framePromptsSql, frame),
		previewMasks: plan(previewMasksSql, frame),
		readMask: plan(readMaskSql, key),
		readFrame: plan(readFrameSql, key),
		anchors: plan(anchorsSql, { trackId: 1 }),
		promptsOfTrack: plan(promptsOfTrackSql, { trackId: 1 }),
		pendingFrames: plan(pendingFramesSql),
		countFrames: plan(countFramesSql, { trackId: 1 }),
		lane: plan(laneSql, { trackId: 1 }),
		previewLane: plan(previewLaneSql, { videoId: 1, trackId: 1 }),
		listVideos: plan(listVideosSql),
		listTracks: plan(listTracksSql, { videoId: 1 }),
		passSegments: plan(passSegmentsSql, { passId: 1 }),
		newestApplied: plan(newestAppliedSql),
		oldestUndone: plan(oldestUndoneSql),
		opsOfEdit: plan(opsOfEditSql, { editId: 1 }),
		listEdits: plan(listEditsSql, { limit: 100 }),
		deleteOther: plan(deleteOtherSql, {
			opId: 1,
			side: 'old',
			otherSide: 'new',
			trackId: 1,
			firstFrameIndex: 0,
			lastFrameIndex: 9,
		}),
		putFrames: plan(putFramesSql, { opId: 1, side: 'old' }),
		refreshOld: plan(refreshOldSql, { opId: 1 }),
		opSpans: plan(opSpansSql, { opId: 1 }),
		publishOld: plan(publishOldSql, { opId: 1, passId: 1, videoId: 1 }),
		publishNew: plan(publishNewSql, { opId: 1, passId: 1, videoId: 1, editId: 1, atMillis: 1, author: null }),
	}).toMatchInlineSnapshot(`
		{
		  "anchors": [
		    "SEARCH frame USING INDEX frameAnchor (trackId=?)",
		    "SEARCH shown USING INTEGER PRIMARY KEY (rowid=?)",
		    "SEARCH model USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
		    "SEARCH painted USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
		    "SEARCH erased USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
		  ],
		  "countFrames": [
		    "SEARCH frame USING PRIMARY KEY (trackId=?)",
		  ],
		  "deleteOther": [
		    "SEARCH frame USING PRIMARY KEY (trackId=? AND frameIndex>? AND frameIndex<?)",
		    "CORRELATED SCALAR SUBQUERY 1",
		    "SEARCH image USING PRIMARY KEY (opId=? AND side=? AND trackId=? AND frameIndex=?)",
		    "CORRELATED SCALAR SUBQUERY 2",
		    "SEARCH image USING PRIMARY KEY (opId=? AND side=? AND trackId=? AND frameIndex=?)",
		    "SEARCH prompt USING COVERING INDEX promptOfFrame (trackId=? AND frameIndex=?)",
		  ],
		  "frameMasks": [
		    "SEARCH track USING INDEX trackOfVideo (videoId=?)",
		    "SEARCH frame USING PRIMARY KEY (trackId=? AND frameIndex=?)",
		    "SEARCH blob USING INTEGER PRIMARY KEY (rowid=?)",
		  ],
		  "framePrompts": [
		    "SEARCH track USING INDEX trackOfVideo (videoId=?)",
		    "SEARCH prompt USING INDEX promptOfFrame (trackId=? AND frameIndex=?)",
		    "SEARCH blob USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
		    "USE TEMP B-TREE FOR ORDER BY",
		  ],
		  "lane": [
		    "SEARCH frame USING PRIMARY KEY (trackId=?)",
		  ],
		  "listEdits": [
		    "SCAN edit",
		  ],
		  "listTracks": [
		    "SEARCH video USING INTEGER PRIMARY KEY (rowid=?)",
		    "SEARCH track USING INDEX trackOfVideo (videoId=?)",
		  ],
		  "listVideos": [
		    "SCAN video",
		    "CORRELATED SCALAR SUBQUERY 1",
		    "SEARCH track USING INDEX trackOfVideo (videoId=?)",
		    "USE TEMP B-TREE FOR ORDER BY",
		  ],
		  "newestApplied": [
		    "SEARCH edit USING INDEX editByState (state=?)",
		  ],
		  "oldestUndone": [
		    "SEARCH edit USING INDEX editByState (state=?)",
		  ],
		  "opSpans": [
		    "SEARCH frameImage USING PRIMARY KEY (opId=?)",
		    "USE TEMP B-TREE FOR GROUP BY",
		  ],
		  "opsOfEdit": [
		    "SEARCH op USING INDEX opOfEdit (editId=?)",
		  ],
		  "passSegments": [
		    "SEARCH passSegment USING PRIMARY KEY (passId=?)",
		    "CORRELATED SCALAR SUBQUERY 1",
		    "SEARCH passFrame USING PRIMARY KEY (passId=? AND trackId=? AND frameIndex>? AND frameIndex<?)",
		    "CORRELATED SCALAR SUBQUERY 2",
		    "SEARCH passFrame USING PRIMARY KEY (passId=? AND trackId=? AND frameIndex>? AND frameIndex<?)",
		  ],
		  "pendingFrames": [
		    "SCAN frame USING COVERING INDEX framePending",
		    "SEARCH track USING INTEGER PRIMARY KEY (rowid=?)",
		    "SEARCH video USING INTEGER PRIMARY KEY (rowid=?)",
		  ],
		  "previewLane": [
		    "SEARCH pass USING COVERING INDEX passByState (state=? AND videoId=?)",
		    "SEARCH passFrame USING PRIMARY KEY (passId=? AND trackId=?)",
		  ],
		  "previewMasks": [
		    "SEARCH pass USING INDEX passByState (state=? AND videoId=?)",
		    "SEARCH track USING INDEX trackOfVideo (videoId=?)",
		    "SEARCH passFrame USING PRIMARY KEY (passId=? AND trackId=? AND frameIndex=?)",
		    "SEARCH blob USING INTEGER PRIMARY KEY (rowid=?)",
		  ],
		  "promptsOfTrack": [
		    "SEARCH prompt USING INDEX promptOfFrame (trackId=?)",
		    "SEARCH blob USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
		  ],
		  "publishNew": [
		    "SEARCH passFrame USING PRIMARY KEY (passId=?)",
		    "SEARCH track USING INTEGER PRIMARY KEY (rowid=?)",
		    "SEARCH frame USING PRIMARY KEY (trackId=? AND frameIndex=?) LEFT-JOIN",
		  ],
		  "publishOld": [
		    "SEARCH passFrame USING PRIMARY KEY (passId=?)",
		    "SEARCH track USING INTEGER PRIMARY KEY (rowid=?)",
		    "SEARCH frame USING PRIMARY KEY (trackId=? AND frameIndex=?)",
		  ],
		  "putFrames": [
		    "SEARCH frameImage USING PRIMARY KEY (opId=? AND side=?)",
		    "SEARCH prompt USING COVERING INDEX promptOfFrame (trackId=? AND frameIndex=?)",
		  ],
		  "readFrame": [
		    "SEARCH frame USING PRIMARY KEY (trackId=? AND frameIndex=?)",
		    "SEARCH shown USING INTEGER PRIMARY KEY (rowid=?)",
		    "SEARCH model USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
		    "SEARCH painted USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
		    "SEARCH erased USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
		  ],
		  "readMask": [
		    "SEARCH frame USING PRIMARY KEY (trackId=? AND frameIndex=?)",
		    "SEARCH blob USING INTEGER PRIMARY KEY (rowid=?)",
		  ],
		  "refreshOld": [
		    "SEARCH frameImage USING PRIMARY KEY (opId=? AND side=?)",
		    "SEARCH frame USING PRIMARY KEY (trackId=? AND frameIndex=?)",
		  ],
		}
	`);
});
