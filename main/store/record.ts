import { all, first, sql, type ReadDb, type Sql, type SqlParameters } from './db.ts';
import { columnsOf, decodeRow } from './tables.ts';
import type { LabelRow, ProjectRow, TrackRow, VideoRow } from './types.ts';

/** A video and how many tracks it has. */
export type VideoRecord = VideoRow & { trackCount: number };

export function readProject(db: ReadDb): ProjectRow {
	return decodeRow('project', first<SqlParameters>(db, sql`SELECT ${columnsOf('project').join(', ')} FROM project`)!);
}

export function projectCounts(db: ReadDb): { videoCount: number; trackCount: number } {
	return first(
		db,
		sql`
			SELECT
				(SELECT count(*) FROM video WHERE removedEditId IS NULL) AS videoCount,
				(SELECT count(*) FROM track JOIN video USING (videoId)
					WHERE track.removedEditId IS NULL AND video.removedEditId IS NULL) AS trackCount
		`,
	)!;
}

export const listVideosSql = videosWhere(sql`TRUE ORDER BY position, videoId`);

/** In the list's order. */
export function listVideos(db: ReadDb): VideoRecord[] {
	return all<SqlParameters>(db, listVideosSql).map(videoRecord);
}

export function readVideo(db: ReadDb, videoId: number): VideoRecord | null {
	const row = first<SqlParameters>(db, videosWhere(sql`videoId = @videoId`), { videoId });
	return row ? videoRecord(row) : null;
}

export function listLabels(db: ReadDb): LabelRow[] {
	return all(db, sql`SELECT labelId, name, colour FROM label ORDER BY labelId`);
}

export const listTracksSql = tracksWhere(sql`track.videoId = @videoId ORDER BY track.position, track.trackId`);

/** Tracks of a video, in the list's order. */
export function listTracks(db: ReadDb, videoId: number): TrackRow[] {
	return all<SqlParameters>(db, listTracksSql, { videoId }).map((row) => decodeRow('track', row));
}

export function readTrack(db: ReadDb, trackId: number): TrackRow | null {
	const row = first<SqlParameters>(db, tracksWhere(sql`trackId = @trackId`), { trackId });
	return row ? decodeRow('track', row) : null;
}

function videosWhere(condition: Sql): Sql {
	return sql`
		SELECT ${columnsOf('video').join(', ')},
			(SELECT count(*) FROM track WHERE track.videoId = video.videoId AND track.removedEditId IS NULL) AS trackCount
		FROM video WHERE removedEditId IS NULL AND ${condition}
	`;
}

function tracksWhere(condition: Sql): Sql {
	const columns = columnsOf('track').map((name) => `track.${name}`);
	return sql`
		SELECT ${columns.join(', ')} FROM track JOIN video USING (videoId)
		WHERE track.removedEditId IS NULL AND video.removedEditId IS NULL AND ${condition}
	`;
}

function videoRecord(row: SqlParameters): VideoRecord {
	return { ...decodeRow('video', row), trackCount: row.trackCount as number };
}
