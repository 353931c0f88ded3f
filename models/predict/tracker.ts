import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import type { Prompt } from '../../preload/common/prompt.ts';

/** Scores of one mask. `null` where a model has no such score. */
export type MaskScores = {
	/** The model's own estimate of IoU with the truth, 0 to 1. */
	predictedIou: number | null;
	/** Logit of "the object is on this frame"; above 0 is present. */
	objectScore: number | null;
	/** IoU of the masks at a lower and a higher threshold, 0 to 1. */
	stability: number | null;
};

export type Candidate = { mask: Mask; predictedIou: number };

export type PromptRequest = {
	picture: RgbPicture;
	/** In order; never empty. Coordinates in pixels of `picture`. */
	prompts: readonly Prompt[];
	/** Where the picture is from, for caches of features: equal keys mean equal pictures. */
	pictureKey: string;
};

export type PromptResult = {
	/**
	 * Size of the picture. The built-in model keeps positive clicks inside and negative ones outside, always; SAM 2 gives
	 * what its network says, so that its masks equal the reference's.
	 */
	mask: Mask;
	scores: MaskScores;
	/** Alternatives, best first; may be empty. */
	candidates: Candidate[];
};

/** A frame that conditions the run and is never recomputed. An empty mask says *absent here*. */
export type Anchor = { frameIndex: number; mask: Mask; prompts: readonly Prompt[] };

/**
 * A stretch of one object's run: tracking starts at the anchor and goes frame by frame in the run's direction; frames
 * from `firstFrameIndex` to `lastFrameIndex` (inclusive, in the direction's order) are reported, those between the
 * anchor and `firstFrameIndex` only pass through.
 */
export type TrackSegment = { anchorFrameIndex: number; firstFrameIndex: number; lastFrameIndex: number };

export type TrackObject = {
	trackId: number;
	/** Every anchor of the track, ascending by frame, those outside the segments too. */
	anchors: readonly Anchor[];
	/** In the direction's order, not overlapping. */
	segments: readonly TrackSegment[];
};

export type TrackRequest = {
	direction: 'forward' | 'backward';
	/** Frames of the whole video; models encode positions relative to it. */
	frameCount: number;
	width: number;
	height: number;
	objects: readonly TrackObject[];
	/** Identifies the video for feature caches; see picture-key.ts. */
	videoKey: string;
	/** The decoded picture of a frame, `width` x `height`. */
	pictureAt: (frameIndex: number, signal: AbortSignal) => Promise<RgbPicture>;
};

/** `absent`: the mask is empty. `uncertain`: a mask is given, but a person should look at it. */
export type Presence = 'visible' | 'uncertain' | 'absent';

export type TrackedMask = {
	trackId: number;
	frameIndex: number;
	mask: Mask;
	presence: Presence;
	scores: MaskScores;
};

/**
 * The one port that every model has, the built-in one and each SAM 2 variant. Implementations know no file system and
 * no app. Objects are independent: adding one never changes another's masks.
 */
export interface Tracker {
	/** First mask and its refinements on a single picture. */
	prompt(request: PromptRequest, signal: AbortSignal): Promise<PromptResult>;
	/** Carries masks through a video, frame by frame; an aborted run ends by throwing the signal's reason. */
	track(request: TrackRequest, signal: AbortSignal): AsyncGenerator<TrackedMask, void, void>;
	/** Prepares a picture (encodes it) so that the next prompt on it is quick. */
	prepare(picture: RgbPicture, pictureKey: string, signal: AbortSignal): Promise<void>;
	dispose(): Promise<void>;
}
