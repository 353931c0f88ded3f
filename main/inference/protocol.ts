import type { Candidate, MaskScores, Presence, TrackSegment } from '../../models/predict/tracker.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import type { Prompt } from '../../preload/common/prompt.ts';

/** Where a model comes from. The child makes a tracker of it, once, on first use. */
export type ModelSource = { kind: 'builtin' } | { kind: 'sam2'; folder: string };

/** A prompt as the wire and the store have it: a mask is COCO's compressed counts, of the picture's size. */
export type InferencePrompt =
	Exclude<Prompt, { kind: 'mask' }> | { kind: 'mask'; mask: Uint8Array; origin: 'given' | 'propagated' };

/** Prompts of one object on one frame, in order. */
export type PromptTask = {
	modelId: string;
	/** Names the video; `pictureAt` is asked with it, caches are keyed by it. */
	videoKey: string;
	frameIndex: number;
	/** Size of the decoded picture, and of every mask that crosses. */
	width: number;
	height: number;
	prompts: readonly InferencePrompt[];
};

export type PromptAnswer = {
	mask: Uint8Array;
	scores: MaskScores;
	/** Alternatives, best first; may be empty. */
	candidates: (Omit<Candidate, 'mask'> & { mask: Uint8Array })[];
};

export type PrepareTask = { modelId: string; videoKey: string; frameIndex: number; width: number; height: number };

/** A frame that conditions the run; a mask without a pixel says *absent here*. */
export type TrackTaskAnchor = { frameIndex: number; mask: Uint8Array; prompts: readonly InferencePrompt[] };

export type TrackTaskObject = {
	trackId: number;
	/** Every anchor of the track, ascending by frame. */
	anchors: readonly TrackTaskAnchor[];
	/** In the direction's order, not overlapping; see the tracker port. */
	segments: readonly TrackSegment[];
};

/** One sweep of a video in one direction for some objects. */
export type TrackTask = {
	modelId: string;
	videoKey: string;
	frameCount: number;
	width: number;
	height: number;
	direction: 'forward' | 'backward';
	objects: readonly TrackTaskObject[];
};

/** One object on one frame, as the run reached it. */
export type TrackAnswer = {
	trackId: number;
	frameIndex: number;
	mask: Uint8Array;
	presence: Presence;
	scores: MaskScores;
};

/** An error as it crosses: a catalogued one by code and data, an abort, or a defect with its stack for the log. */
export type ErrorEnvelope =
	| { kind: 'studio'; code: string; data: unknown }
	| { kind: 'aborted' }
	| { kind: 'defect'; message: string; stack: string };

export type Outcome<T> = { isOk: true; value: T } | { isOk: false; error: ErrorEnvelope };

/** What the child does for the service process. Every task has an id, by which it is cancelled. */
export type ChildMethods = {
	prompt(taskId: number, source: ModelSource, task: PromptTask): Promise<Outcome<PromptAnswer>>;
	prepare(taskId: number, source: ModelSource, task: PrepareTask): Promise<Outcome<null>>;
	/** Queues a run; its results are fetched by `next`. */
	startTrack(taskId: number, source: ModelSource, task: TrackTask): Promise<Outcome<null>>;
	/**
	 * The next results of a run, at least one; an empty list when the run has ended. The child computes some frames
	 * ahead and then waits to be asked, which bounds what is under way.
	 */
	next(taskId: number): Promise<Outcome<TrackBatch>>;
	/** The task ends with `aborted` between two steps. Unknown ids are past tasks, which is fine. */
	cancel(taskId: number): void;
	/** Answers from the event loop: proof that the child is not stuck. */
	ping(): null;
};

export type TrackBatch = {
	answers: TrackAnswer[];
	/** Compute time of each frame finished since the last batch, waiting for pictures left out. */
	frameMillis: number[];
};

/** What the service process does for the child. */
export type ParentMethods = {
	/** The decoded picture at full size, for a task that is under way. */
	picture(taskId: number, videoKey: string, frameIndex: number): Promise<Outcome<RgbPicture>>;
};
