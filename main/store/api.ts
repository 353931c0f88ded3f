/** Signatures of the store, landed ahead of their bodies; each moves to its own file. Import from index.ts. */
import type { ReadDb, WriteDb } from './db.ts';
import type {
	EditResult,
	FrameInput,
	FrameKey,
	FramePatch,
	FrameRow,
	HistoryEntry,
	HistoryState,
	Json,
	LabelRow,
	PassFrameInput,
	PassInfo,
	PassSegment,
	PassSegmentProgress,
	ProjectRow,
	RecordTable,
	RowInput,
	RowPatch,
	StoreChange,
	StoredPrompt,
	TrackRow,
	VideoRow,
} from './types.ts';

export type OpenOptions = {
	/** `create` refuses a path that is taken; `edit` falls back to reading where another Masklet holds the project. */
	mode: 'create' | 'edit' | 'read';
	/** The project's name, for `create`; else that of the file. */
	name?: string;
	/** The clock, milliseconds since 1970. */
	now: () => number;
	/** Who edits, kept with frames and edits. */
	author?: string;
};

export type Store = {
	readonly path: string;
	readonly isReadOnly: boolean;
	/** Why: another Masklet holds it, it is write-protected, or reading was asked for. */
	readonly readOnlyReason: 'locked' | 'protected' | 'asked' | null;
	/** The copy made before an older file was brought up to date. */
	readonly backupPath: string | null;
	/** For every function that reads. */
	readonly db: ReadDb;
	/** Called after each commit of the record, once a change. Returns a function that ends it. */
	onChange(listener: (change: StoreChange) => void): () => void;
	close(): void;
	[Symbol.dispose](): void;
};

export declare function openStore(path: string, options: OpenOptions): Store;

// Edits. An EditDb is also a ReadDb that sees what the edit wrote so far.
export type EditDb = WriteDb & { readonly editId: number };
export type CommandDb = WriteDb & { readonly command: true };
export declare function runEdit<T>(
	store: Store,
	about: { name: string; kind: string },
	write: (db: EditDb) => T,
): EditResult<T>;
/** Adds to an applied edit; only `updateFrame` on frames whose `editId` is that edit. Null: stale, nothing written. */
export declare function amendEdit<T>(store: Store, editId: number, write: (db: EditDb) => T): EditResult<T> | null;
/** Changes what is not part of the undoable record. */
export declare function runCommand<T>(store: Store, write: (db: CommandDb) => T): { revision: number; value: T };
export declare function setProjectColumns(
	db: CommandDb,
	patch: Partial<Pick<ProjectRow, 'modelId' | 'settings'>>,
): void;
export declare function setVideoColumns(
	db: CommandDb,
	videoId: number,
	patch: Partial<Pick<VideoRow, 'relativePath' | 'absolutePath' | 'fullHash' | 'sampledHash' | 'sizeBytes'>>,
): void;
export declare function insertRow<T extends RecordTable>(db: EditDb, table: T, row: RowInput<T>): number;
/** False where nothing changed. */
export declare function updateRow<T extends RecordTable>(
	db: EditDb,
	table: T,
	rowId: number,
	patch: RowPatch<T>,
): boolean;
export declare function deleteRow(db: EditDb, table: 'label' | 'prompt', rowId: number): void;
export declare function removeVideo(db: EditDb, videoId: number): void;
export declare function removeTrack(db: EditDb, trackId: number): void;
/** `position` defaults to the end. The frame's row has to be there before its prompts. */
export declare function insertPrompt(
	db: EditDb,
	prompt: FrameKey & { prompt: StoredPrompt; position?: number },
): number;
export declare function updatePrompt(db: EditDb, promptId: number, prompt: StoredPrompt): void;
/** Inserts or replaces the whole row. */
export declare function writeFrame(db: EditDb, frame: FrameInput): void;
/** Always records a change, and puts the edit's id on the row. */
export declare function updateFrame(db: EditDb, key: FrameKey, patch: FramePatch): void;
/** Deletes rows with their prompts, from `from` to `to - 1`; returns how many. */
export declare function deleteFrames(db: EditDb, range: { trackId: number; from: number; to: number }): number;
/** Keeps immutable bytes once; the id of equal bytes that are there. */
export declare function putBlob(db: WriteDb, bytes: Uint8Array): number;
export declare function readBlob(db: ReadDb, blobId: number): Uint8Array;

// History.
export declare function undo(store: Store): { history: HistoryState; changes: StoreChange[] };
export declare function redo(store: Store): { history: HistoryState; changes: StoreChange[] };
export declare function historyState(db: ReadDb): HistoryState;
/** Newest first; edits that a newer one cut off are left out. */
export declare function listEdits(db: ReadDb, limit: number): HistoryEntry[];
/** The last applied edit that touched a frame; null for a hole. */
export declare function lastEditOfFrame(db: ReadDb, key: FrameKey): number | null;

// Passes.
export declare function beginPass(
	store: Store,
	pass: { videoId: number; modelId: string; request: Json; segments: PassSegment[] },
): number;
/** One commit. A frame that the pass has already is replaced. */
export declare function appendPassFrames(store: Store, passId: number, frames: PassFrameInput[]): void;
/** One edit: every reached frame that is no anchor now, of tracks that are there now. */
export declare function publishPass(
	store: Store,
	passId: number,
	about: { name: string; kind: string },
): EditResult<{ publishedCount: number; keptAnchorCount: number }>;
export declare function dropPass(store: Store, passId: number): void;
/** An interrupted pass is running again; `passSegments` tells what is left. */
export declare function resumePass(store: Store, passId: number): PassInfo;
export declare function readPass(db: ReadDb, passId: number): PassInfo | null;
export declare function interruptedPasses(db: ReadDb): PassInfo[];
export declare function passSegments(db: ReadDb, passId: number): PassSegmentProgress[];

// Reads.
export declare function readProject(db: ReadDb): ProjectRow;
export declare function projectCounts(db: ReadDb): { videoCount: number; trackCount: number };
export declare function listVideos(db: ReadDb): (VideoRow & { trackCount: number })[];
export declare function readVideo(db: ReadDb, videoId: number): (VideoRow & { trackCount: number }) | null;
export declare function listLabels(db: ReadDb): LabelRow[];
export declare function listTracks(db: ReadDb, videoId: number): TrackRow[];
export declare function readTrack(db: ReadDb, trackId: number): TrackRow | null;
export type PromptRecord = { promptId: number; position: number; prompt: StoredPrompt };
/** What the stage shows. `isPreview`: from a running pass, not in the record yet. */
export type FrameMaskRecord = FrameKey &
	Pick<
		FrameRow,
		| 'provenance'
		| 'isAnchor'
		| 'isPending'
		| 'isUncertain'
		| 'predictedIou'
		| 'objectScore'
		| 'stability'
		| 'editId'
		| 'editedAtMillis'
		| 'author'
	> & { mask: Uint8Array; isPreview: boolean; prompts: PromptRecord[] };
/** A frame with all its layers, for edits. */
export type FrameRecord = FrameRow & {
	mask: Uint8Array;
	modelMask: Uint8Array | null;
	paintedMask: Uint8Array | null;
	erasedMask: Uint8Array | null;
	prompts: PromptRecord[];
};
/** Every track's mask on one frame, in the list's order; holes are left out. Running passes lie over what is no anchor. */
export declare function frameMasks(
	db: ReadDb,
	at: { videoId: number; frameIndex: number; withPreview?: boolean },
): FrameMaskRecord[];
export declare function readFrame(db: ReadDb, key: FrameKey): FrameRecord | null;
export declare function readPrompt(db: ReadDb, promptId: number): (FrameKey & PromptRecord) | null;
export declare function anchorsOf(db: ReadDb, trackId: number): FrameRecord[];
/** Frames that wait for a model's mask, in the order of their edits: recompute them after undo, redo and reopening. */
export declare function pendingFrames(
	db: ReadDb,
): { videoId: number; trackId: number; frameIndex: number; editId: number }[];
export type FrameCounts = { trackId: number; frameCount: number; anchorCount: number; uncertainCount: number };
export declare function countFrames(db: ReadDb, trackId: number): FrameCounts;
export type LaneArrays = { trackId: number; revision: number; kinds: Uint8Array; flags: Uint8Array; ious: Uint8Array };
export declare function readLane(db: ReadDb, trackId: number, options?: { withPreview?: boolean }): LaneArrays | null;

// Keeping tidy.
export type Tidied = { blobCount: number; sizeBytes: number };
/** Deletes blobs that nothing references, in small steps between which edits go on. */
export declare function collectBlobs(store: Store, options?: { signal?: AbortSignal }): Promise<Tidied>;
/** Forgets edits that can be neither undone nor redone and all but the newest `keepEdits`, then collects. */
export declare function compact(
	store: Store,
	options: { keepEdits: number; signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
): Promise<Tidied & { editCount: number }>;
