import type { RgbPicture } from '../../preload/common/picture.ts';
import type { FrameIndex } from './frame-index.ts';

/** How the samples of a video become RGB. Recorded with the video, as another reading of it would shift every colour. */
export type ColourFacts = {
	matrix: 'bt601' | 'bt709' | 'bt2020' | 'rgb';
	/** `full`: black is 0 and white 255; `limited`: 16 and 235. */
	range: 'full' | 'limited';
	/** The file does not say its matrix: it was chosen by size (720 lines and more: BT.709). */
	isAssumed: boolean;
};

/** Facts of a source: those of the contract's `mediaProbe`, and what the service keeps for itself. */
export type MediaFacts = {
	path: string;
	kind: 'file' | 'folder';
	container: string;
	codec: string;
	/** Size of the decoded picture, after rotation. */
	width: number;
	height: number;
	codedWidth: number;
	codedHeight: number;
	/** Clockwise: 0, 90, 180 or 270. */
	rotationDegrees: number;
	pixelAspect: number;
	frameCount: number;
	durationSeconds: number;
	/** Mean frames a second. */
	frameRate: number;
	isVariableRate: boolean;
	keyframeCount: number;
	sizeBytes: number;
	hasAudio: boolean;
	colour: ColourFacts;
	notices: string[];
};

export type ProbedMedia = { facts: MediaFacts; index: FrameIndex };

export type PictureOptions = {
	signal?: AbortSignal;
	/** Scales the picture down so that neither side is longer. */
	maxSide?: number;
};

/**
 * An open video. Pictures are exact, upright, and of the facts' size; in any order and from any number of callers, of
 * which those who ask for the same frame share the work. Must be closed.
 */
export interface MediaSource {
	readonly facts: MediaFacts;
	readonly index: FrameIndex;
	/** Rejects with `media.frameUnreadable` where the file is broken at this frame; others are not touched by that. */
	picture(frameIndex: number, options?: PictureOptions): Promise<RgbPicture>;
	/** Frames found to be unreadable so far, ascending. `check` finds them all. */
	unreadableFrames(): number[];
	/** Decodes the whole source and returns every unreadable frame, ascending. A job: it takes as long as a playback. */
	check(options?: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void }): Promise<number[]>;
	/** Who decodes: browser and version for files, the picture library for folders. Recorded with a video. */
	decoderName(): Promise<string>;
	close(): Promise<void>;
}
