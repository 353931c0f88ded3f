import type { ChangeScope, Provenance, Scores, Verdict } from '../../preload/common/masklet.ts';
import type { Prompt } from '../../preload/common/prompt.ts';

/** What JSON columns hold. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The one row of the project itself; `projectId` is always 1. */
export type ProjectRow = {
	projectId: number;
	name: string;
	createdAtMillis: number;
	/** The model for new prompts and runs; not part of the undoable record. */
	modelId: string | null;
	/** Not part of the undoable record. */
	settings: Json;
};

export type VideoRow = {
	videoId: number;
	name: string;
	kind: 'file' | 'folder';
	/** Place of the source; these four are not part of the undoable record (relocating is no annotation). */
	relativePath: string | null;
	absolutePath: string;
	/** SHA-256 in hex over samples of the source; tells the source again when it was moved. */
	sampledHash: string;
	/** SHA-256 in hex of the whole source, once the background job has made it. */
	fullHash: string | null;
	sizeBytes: number;
	/** Of the decoded picture, after rotation. */
	width: number;
	height: number;
	pixelAspect: number;
	rotationDegrees: number;
	frameCount: number;
	durationSeconds: number;
	frameRate: number;
	isVariableRate: boolean;
	codec: string;
	/** Who decodes, in which version, with which colour matrix and range. */
	decoder: Json;
	/** The frame index, as `main/media` writes it: a blob, see `readBlob`. */
	indexId: number;
	environment: string | null;
	split: string | null;
	/** Place in the list, from 0. */
	position: number;
	notices: string[];
	importedAtMillis: number;
	/** The edit that removed it; null while it is there. Reads leave removed videos out. */
	removedEditId: number | null;
};

export type LabelRow = { labelId: number; name: string; colour: string };

export type TrackRow = {
	trackId: number;
	videoId: number;
	name: string;
	labelId: number | null;
	colour: string;
	position: number;
	isVisible: boolean;
	isLocked: boolean;
	verdict: Verdict;
	/** `auto`: found and tracked without a person. */
	type: 'manual' | 'auto';
	/** The edit that removed it; null while it is there. Reads leave removed tracks out. */
	removedEditId: number | null;
};

export type FrameKey = { trackId: number; frameIndex: number };

/** One track on one frame. `...Id` of masks are blobs: COCO's compressed counts, of the video's size. */
export type FrameRow = FrameKey &
	Scores & {
		provenance: Provenance;
		/** What is shown and exported: (model or painted) and not erased. An empty mask is a blob too. */
		maskId: number;
		/** From prompts or a run, before brush and eraser. */
		modelMaskId: number | null;
		paintedMaskId: number | null;
		erasedMaskId: number | null;
		isAnchor: boolean;
		/** The model's mask for the newest prompts is still to be made. */
		isPending: boolean;
		isUncertain: boolean;
		/** The pass it came from. */
		passId: number | null;
		/** The last applied edit that touched it; the store sets it, and the two below. */
		editId: number;
		editedAtMillis: number;
		/** Who edited; null where the store was opened without a name. */
		author: string | null;
	};

/** A frame as a caller writes it; what is left out is null or false. */
export type FrameInput = FrameKey & { provenance: Provenance; maskId: number } & Partial<
		Omit<FrameRow, keyof FrameKey | 'provenance' | 'maskId' | 'editId' | 'editedAtMillis' | 'author'>
	>;
export type FramePatch = Partial<Omit<FrameInput, keyof FrameKey>>;

/** A prompt as it is kept: `Prompt`, its mask as COCO's compressed counts. The wire's form too. */
export type StoredPrompt =
	Exclude<Prompt, { kind: 'mask' }> | { kind: 'mask'; mask: Uint8Array; origin: 'given' | 'propagated' };

export type PromptRow = FrameKey & {
	promptId: number;
	/** Order within the frame, ascending; gaps are fine. */
	position: number;
	kind: StoredPrompt['kind'];
	/** Everything but kind and mask. */
	shape: Json;
	maskId: number | null;
};

/** The tables whose rows an edit inserts, updates and deletes one by one. */
export type RecordRows = {
	project: ProjectRow;
	video: VideoRow;
	label: LabelRow;
	track: TrackRow;
	prompt: PromptRow;
};
export type RecordTable = keyof RecordRows;
export type RecordId = {
	project: 'projectId';
	video: 'videoId';
	label: 'labelId';
	track: 'trackId';
	prompt: 'promptId';
};

/** Columns that only `runCommand` changes: they are no annotation, and undo leaves them alone. */
export type CommandColumns = {
	project: 'modelId' | 'settings';
	video: 'relativePath' | 'absolutePath' | 'fullHash' | 'sampledHash' | 'sizeBytes';
};

type Made<T extends RecordTable> = RecordId[T] | ('removedEditId' & keyof RecordRows[T]);
/** A new row: its id is given by the store. */
export type RowInput<T extends RecordTable> = Omit<RecordRows[T], Made<T>>;
/** What an edit may change of a row. */
export type RowPatch<T extends RecordTable> = Partial<
	Omit<RecordRows[T], Made<T> | (T extends keyof CommandColumns ? CommandColumns[T] : never)>
>;

/** The record changed. As in the contract's 'store.changed', but for the history. */
export type StoreChange = {
	revision: number;
	scope: ChangeScope;
	/** Null: more than one video, or the project's own rows. */
	videoId: number | null;
	/** Null: more than one track, or none. */
	trackId: number | null;
	/** Inclusive; -1 where no frame is meant. */
	firstFrameIndex: number;
	lastFrameIndex: number;
};

export type EditResult<T> = {
	/** Null where nothing changed: no edit is recorded then. Writing a frame is always a change. */
	editId: number | null;
	revision: number;
	value: T;
	changes: StoreChange[];
};

export type HistoryState = {
	revision: number;
	canUndo: boolean;
	canRedo: boolean;
	undoName: string | null;
	redoName: string | null;
};

export type HistoryEntry = { editId: number; name: string; kind: string; atMillis: number; isUndone: boolean };

export type PassState = 'running' | 'interrupted' | 'published' | 'dropped';

/** A stretch of one track's run, as the tracker port has it; segments of a track do not overlap. */
export type PassSegment = {
	trackId: number;
	direction: 'forward' | 'backward';
	anchorFrameIndex: number;
	/** First and last in the direction's order, inclusive: `first` >= `last` when it goes backward. */
	firstFrameIndex: number;
	lastFrameIndex: number;
};

/** `reachedFrameIndex`: the last frame of the segment that is kept, in its direction; null before the first. */
export type PassSegmentProgress = PassSegment & { reachedFrameIndex: number | null };

export type PassInfo = {
	passId: number;
	videoId: number;
	/** Ascending. */
	trackIds: number[];
	modelId: string;
	state: PassState;
	/** Frames kept, and frames asked for. */
	doneCount: number;
	totalCount: number;
	request: Json;
	startedAtMillis: number;
};

/** A tracked mask as a run writes it. */
export type PassFrameInput = FrameKey &
	Scores & {
		/** COCO's compressed counts; the empty mask where the object is absent. */
		mask: Uint8Array;
		provenance: Provenance;
		isUncertain: boolean;
	};
