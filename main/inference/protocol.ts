import type { GraphVariant } from '../../models/sam2/build.ts';
import type { Candidate, MaskScores, Presence, TrackSegment } from '../../models/predict/tracker.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import type { DeviceUse } from './devices.ts';
import type { ModelManifest } from './manifest.ts';
import type { Measurement } from './measure.ts';
import type { Prompt } from '../../preload/common/prompt.ts';
import type { Link } from '../../preload/rpc/link.ts';

/** Where frames' features are kept beside memory; the folder may be deleted at any time. */
export type FeatureFolder = { folder: string; limitBytes: number };

/** Where a model comes from. The child makes a tracker of it, once, on first use. */
export type ModelSource =
	| { kind: 'builtin' }
	| {
			kind: 'sam2';
			folder: string;
			features?: FeatureFolder;
			/** Where it runs. Default: the CPU. */
			device?: DeviceUse;
			/** Frames before a frame that it attends to beside the anchors. Default 6. */
			memoryFrames?: number;
			/** Every how many frames it sees; the built-in model fills in between. Default 1. */
			stride?: number;
	  };

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

/**
 * One sweep of a video in one direction for some objects, or `between` anchors from both: then a segment goes forward and
 * ends before the next anchor.
 */
export type TrackTask = {
	modelId: string;
	videoKey: string;
	frameCount: number;
	width: number;
	height: number;
	direction: 'forward' | 'backward' | 'between';
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

/** A priority beside the run's; see `Turns`. */
export type PromptPriority = 'click' | 'preview';

/**
 * What the child answers, over `preload/rpc/link.ts`: errors, cancelling and ids are the link's. A run is opened, then
 * its results are fetched; the child computes some frames ahead and waits to be asked for more, which bounds what is
 * under way. The notice `closeRun` with the run's id ends it; `forgetModel` with a model's id lets go of its weights.
 * The child's notice `atWork` names the model of each step before it starts.
 */
export type ChildMethods = {
	prompt: { input: { source: ModelSource; task: PromptTask; priority: PromptPriority }; output: PromptAnswer };
	prepare: { input: { source: ModelSource; task: PrepareTask }; output: null };
	openRun: { input: { runId: number; source: ModelSource; task: TrackTask }; output: null };
	/** Results of a run, at least one; an empty list when the run has ended. */
	nextBatch: { input: { runId: number }; output: TrackAnswer[] };
	/** Makes a model folder of a weights file; the notice `compileProgress` tells the share done, 0 to 1. */
	compile: {
		input: { source: string; outFolder: string; imageSize?: number; variant?: GraphVariant };
		output: ModelManifest;
	};
	/** Times a model on a device; the notice `measureProgress` tells the share done, 0 to 1, after every step. */
	measure: { input: { source: ModelSource; device: DeviceUse }; output: Measurement };
	/** Answered from the event loop: a proof that the child is not stuck. */
	ping: { input: null; output: null };
};

/** What the service process answers: the decoded picture of a frame, at full size. */
export type ParentMethods = {
	picture: { input: { videoKey: string; frameIndex: number }; output: RgbPicture };
};

/** Calls of one side, typed: `remote<ChildMethods>(link)('ping', null)`. */
export type Remote<M extends Record<string, { input: unknown; output: unknown }>> = <K extends keyof M & string>(
	method: K,
	input: M[K]['input'],
	signal?: AbortSignal,
) => Promise<M[K]['output']>;

export function remote<M extends Record<string, { input: unknown; output: unknown }>>(link: Link): Remote<M> {
	return async (method, input, signal) => (await link.call(method, input, { signal })) as M[typeof method]['output'];
}
