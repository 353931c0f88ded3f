import type { LaneCodes, Provenance, Verdict } from '../../preload/common/masklet.ts';
import type { Rle } from '../../preload/common/rle.ts';

/** What the files say about a video. Sizes are those of the decoded picture, after rotation. */
export type VideoFacts = {
	/** As the project has it, file extension and all; `fileStem` makes the NAME of the files of it. */
	name: string;
	width: number;
	height: number;
	frameCount: number;
	/** Mean frames a second. */
	frameRate: number;
	durationSeconds: number;
	/** Presentation time of every frame. */
	ptsSeconds: Float64Array;
	/** "Indoor", say; null where nobody said. */
	environment: string | null;
	/** "train", say; null where nobody said. */
	split: string | null;
};

export type TrackFacts = {
	trackId: number;
	name: string;
	/** The name of its label; null without one. */
	label: string | null;
	verdict: Verdict;
	/** `auto`: found and tracked without a person. */
	type: 'manual' | 'auto';
};

/** One track on one frame. */
export type FrameRecord = {
	/** Of the video's size. Without a pixel set: the object is not visible. */
	rle: Rle;
	provenance: Provenance;
	isAnchor: boolean;
	scores: { predictedIou: number | null; objectScore: number | null; stability: number | null };
};

/**
 * What an exporter needs of one video and its tracks, whoever keeps them. Masks are asked for one at a time, frame by
 * frame and in the order of `tracks`, so that a long export holds one mask at a time.
 */
export type VideoRecord = {
	video: VideoFacts;
	/** In the order of the file. */
	tracks: TrackFacts[];
	/** One byte a frame; asked for once a track, before any mask. */
	laneOf(trackId: number): LaneCodes | Promise<LaneCodes>;
	/** Null where the track has a hole. */
	maskAt(trackId: number, frameIndex: number): FrameRecord | null | Promise<FrameRecord | null>;
};

/** A mask list as a file or a folder holds it: what readers return, what evaluation and import take. */
export type MaskletSource = {
	/** NAME of the video. */
	name: string;
	/** Where it was read from. */
	path: string;
	width: number;
	height: number;
	/** Frames of the video; null where the format does not say (a folder of masks). */
	frameCount: number | null;
	/** Ascending 0-based indexes of the frames that it speaks about. */
	frameIndexes: Int32Array;
	tracks: SourceTrack[];
	/** Sentences about what was unusual. */
	warnings: string[];
	/**
	 * The mask of `tracks[trackIndex]`; without a pixel set where the object is absent. Null for a frame that is not in
	 * `frameIndexes`.
	 */
	maskAt(trackIndex: number, frameIndex: number): Rle | null | Promise<Rle | null>;
	/** Lets go of what it holds open. */
	close(): void;
};

export type SourceTrack = {
	/** The id that the file gives it. */
	sourceId: number;
	/** Null where the format keeps no names. */
	name: string | null;
	label: string | null;
	type: 'manual' | 'auto';
	/** Frames edited by a person; null where the format does not say. */
	editedFrameCount: number | null;
};
