import { execute, sql, type WriteDb } from '../db.ts';

/**
 * The record (project, video, label, track, frame, prompt), its bytes (blob), its history (edit, op, frameImage) and
 * runs that are not published (pass, passSegment, passFrame).
 *
 * Blob references carry no foreign key: deleting a blob would search every table for it. `collectBlobs` alone deletes
 * blobs. Pass rows carry none either, as undo may take away a video or track whose run is still there.
 */
export function recordTables(db: WriteDb): void {
	execute(
		db,
		sql`
		CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
		INSERT INTO counter (name, value) VALUES ('revision', 0);

		CREATE TABLE blob (
			blobId INTEGER PRIMARY KEY AUTOINCREMENT,
			sha256 BLOB NOT NULL UNIQUE,
			bytes BLOB NOT NULL
		) STRICT;

		CREATE TABLE project (
			projectId INTEGER PRIMARY KEY CHECK (projectId = 1),
			name TEXT NOT NULL,
			createdAtMillis REAL NOT NULL,
			modelId TEXT,
			settings TEXT NOT NULL
		) STRICT;

		CREATE TABLE video (
			videoId INTEGER PRIMARY KEY AUTOINCREMENT,
			name TEXT NOT NULL,
			kind TEXT NOT NULL,
			relativePath TEXT,
			absolutePath TEXT NOT NULL,
			sampledHash TEXT NOT NULL,
			fullHash TEXT,
			sizeBytes INTEGER NOT NULL,
			width INTEGER NOT NULL,
			height INTEGER NOT NULL,
			pixelAspect REAL NOT NULL,
			rotationDegrees INTEGER NOT NULL,
			frameCount INTEGER NOT NULL,
			durationSeconds REAL NOT NULL,
			frameRate REAL NOT NULL,
			isVariableRate INTEGER NOT NULL,
			codec TEXT NOT NULL,
			decoder TEXT NOT NULL,
			indexId INTEGER NOT NULL,
			environment TEXT,
			split TEXT,
			position INTEGER NOT NULL,
			notices TEXT NOT NULL,
			importedAtMillis REAL NOT NULL,
			removedEditId INTEGER
		) STRICT;

		CREATE TABLE label (
			labelId INTEGER PRIMARY KEY AUTOINCREMENT,
			name TEXT NOT NULL,
			colour TEXT NOT NULL
		) STRICT;

		CREATE TABLE track (
			trackId INTEGER PRIMARY KEY AUTOINCREMENT,
			videoId INTEGER NOT NULL REFERENCES video (videoId),
			name TEXT NOT NULL,
			labelId INTEGER REFERENCES label (labelId),
			colour TEXT NOT NULL,
			position INTEGER NOT NULL,
			isVisible INTEGER NOT NULL,
			isLocked INTEGER NOT NULL,
			verdict TEXT NOT NULL,
			type TEXT NOT NULL,
			removedEditId INTEGER
		) STRICT;
		CREATE INDEX trackOfVideo ON track (videoId, position);
		CREATE INDEX trackOfLabel ON track (labelId);

		CREATE TABLE frame (
			trackId INTEGER NOT NULL REFERENCES track (trackId),
			frameIndex INTEGER NOT NULL,
			provenance TEXT NOT NULL,
			maskId INTEGER NOT NULL,
			modelMaskId INTEGER,
			paintedMaskId INTEGER,
			erasedMaskId INTEGER,
			predictedIou REAL,
			objectScore REAL,
			stability REAL,
			isAnchor INTEGER NOT NULL,
			isPending INTEGER NOT NULL,
			isUncertain INTEGER NOT NULL,
			passId INTEGER,
			editId INTEGER NOT NULL,
			editedAtMillis REAL NOT NULL,
			author TEXT,
			PRIMARY KEY (trackId, frameIndex)
		) STRICT, WITHOUT ROWID;
		CREATE INDEX frameAnchor ON frame (trackId, frameIndex) WHERE isAnchor = 1;
		CREATE INDEX framePending ON frame (editId, trackId, frameIndex) WHERE isPending = 1;

		CREATE TABLE prompt (
			promptId INTEGER PRIMARY KEY AUTOINCREMENT,
			trackId INTEGER NOT NULL,
			frameIndex INTEGER NOT NULL,
			position INTEGER NOT NULL,
			kind TEXT NOT NULL,
			shape TEXT NOT NULL,
			maskId INTEGER,
			FOREIGN KEY (trackId, frameIndex) REFERENCES frame (trackId, frameIndex)
		) STRICT;
		CREATE INDEX promptOfFrame ON prompt (trackId, frameIndex, position);

		CREATE TABLE edit (
			editId INTEGER PRIMARY KEY AUTOINCREMENT,
			name TEXT NOT NULL,
			kind TEXT NOT NULL,
			author TEXT,
			atMillis REAL NOT NULL,
			state TEXT NOT NULL CHECK (state IN ('applied', 'undone', 'cut')),
			isOldStale INTEGER NOT NULL DEFAULT 0
		) STRICT;
		CREATE INDEX editByState ON edit (state, editId);

		CREATE TABLE op (
			opId INTEGER PRIMARY KEY AUTOINCREMENT,
			editId INTEGER NOT NULL REFERENCES edit (editId),
			kind TEXT NOT NULL CHECK (kind IN ('insert', 'update', 'delete', 'frames')),
			tableName TEXT,
			rowId INTEGER,
			oldRow TEXT,
			newRow TEXT
		) STRICT;
		CREATE INDEX opOfEdit ON op (editId, opId);

		CREATE TABLE frameImage (
			opId INTEGER NOT NULL,
			side TEXT NOT NULL CHECK (side IN ('old', 'new')),
			trackId INTEGER NOT NULL,
			frameIndex INTEGER NOT NULL,
			provenance TEXT NOT NULL,
			maskId INTEGER NOT NULL,
			modelMaskId INTEGER,
			paintedMaskId INTEGER,
			erasedMaskId INTEGER,
			predictedIou REAL,
			objectScore REAL,
			stability REAL,
			isAnchor INTEGER NOT NULL,
			isPending INTEGER NOT NULL,
			isUncertain INTEGER NOT NULL,
			passId INTEGER,
			editId INTEGER NOT NULL,
			editedAtMillis REAL NOT NULL,
			author TEXT,
			PRIMARY KEY (opId, side, trackId, frameIndex)
		) STRICT, WITHOUT ROWID;

		CREATE TABLE pass (
			passId INTEGER PRIMARY KEY AUTOINCREMENT,
			videoId INTEGER NOT NULL,
			modelId TEXT NOT NULL,
			state TEXT NOT NULL CHECK (state IN ('running', 'interrupted', 'published', 'dropped')),
			request TEXT NOT NULL,
			startedAtMillis REAL NOT NULL,
			publishedEditId INTEGER
		) STRICT;
		CREATE INDEX passByState ON pass (state, videoId);

		CREATE TABLE passSegment (
			passId INTEGER NOT NULL REFERENCES pass (passId),
			position INTEGER NOT NULL,
			trackId INTEGER NOT NULL,
			direction TEXT NOT NULL CHECK (direction IN ('forward', 'backward')),
			anchorFrameIndex INTEGER NOT NULL,
			firstFrameIndex INTEGER NOT NULL,
			lastFrameIndex INTEGER NOT NULL,
			PRIMARY KEY (passId, position)
		) STRICT, WITHOUT ROWID;

		CREATE TABLE passFrame (
			passId INTEGER NOT NULL REFERENCES pass (passId),
			trackId INTEGER NOT NULL,
			frameIndex INTEGER NOT NULL,
			provenance TEXT NOT NULL,
			maskId INTEGER NOT NULL,
			predictedIou REAL,
			objectScore REAL,
			stability REAL,
			isUncertain INTEGER NOT NULL,
			PRIMARY KEY (passId, trackId, frameIndex)
		) STRICT, WITHOUT ROWID;
		`,
	);
}
