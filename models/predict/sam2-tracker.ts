import { assert, present } from '../../preload/common/assert.ts';
import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import { lowResSize } from '../sam2/config.ts';
import type { Features, Sam2Engine } from './engine.ts';
import type { FeaturePrecision } from './feature-bytes.ts';
import { FeatureCache, type FeatureStore } from './feature-cache.ts';
import { maskFromLogits, maskInSquare, square } from './logits.ts';
import type { FrameState } from './object-memory.ts';
import { anchorsInReach } from './object-memory.ts';
import { ObjectPredictor, stateOfMask } from './object-predictor.ts';
import { pictureKeyOf } from './picture-key.ts';
import { StillReplay } from './still-replay.ts';
import type { Anchor, MaskScores, Presence, PromptRequest, PromptResult, TrackedMask } from './tracker.ts';
import type { Tracker, TrackObject, TrackRequest, TrackSegment } from './tracker.ts';

/** Below this predicted IoU a person should look at the mask. */
const CERTAIN_FROM_IOU = 0.5;

export type Sam2TrackerOptions = {
	/** Anchors that a frame attends to at most. Default 4. */
	maxAnchors?: number;
	/** Holes of at most so many low-resolution pixels are filled. Default 8. */
	fillHoleArea?: number;
	/** Frames before a frame that it attends to beside the anchors. Default 6; fewer are quicker and forget sooner. */
	memoryFrames?: number;
	/**
	 * Every how many frames are tracked, counted from a segment's anchor, and its last frame; the others are left out
	 * (see strided-tracker.ts). Default 1.
	 */
	stride?: number;
	/** Bytes of frames' features that are kept in memory. Default 256 MiB: 32 frames at 1024. */
	featureCacheBytes?: number;
	/** Default `half`; `single` compares with the reference. */
	featurePrecision?: FeaturePrecision;
	/** Where features are kept beside memory. */
	featureStore?: FeatureStore;
};

type Lane = { object: TrackObject; segment: TrackSegment; predictor: ObjectPredictor };

/** SAM 2 as a tracker. A frame is encoded once for all objects; objects do not know each other. */
export class Sam2Tracker implements Tracker {
	private readonly engine: Sam2Engine;
	private readonly options: Required<Omit<Sam2TrackerOptions, `feature${string}`>>;
	private readonly features: FeatureCache;
	private readonly replay: StillReplay;

	constructor(engine: Sam2Engine, options: Sam2TrackerOptions = {}) {
		this.engine = engine;
		const { featureCacheBytes = 256 * 2 ** 20, featurePrecision = 'half', featureStore, ...own } = options;
		this.options = { maxAnchors: 4, fillHoleArea: 8, memoryFrames: 6, stride: 1, ...own };
		this.features = new FeatureCache(engine, {
			limitBytes: featureCacheBytes,
			precision: featurePrecision,
			...(featureStore ? { store: featureStore } : {}),
		});
		this.replay = new StillReplay(engine, this.options);
	}

	async prompt(request: PromptRequest, signal: AbortSignal): Promise<PromptResult> {
		const { picture, prompts, pictureKey } = request;
		this.features.lookAlsoAt(pictureKey);
		const features = await this.features.get(pictureKey, () => Promise.resolve(picture), signal);
		const { state, mask, alternatives } = await this.replay.run(
			{ size: picture, prompts, pictureKey, features },
			signal,
		);
		const candidates = alternatives.map(({ logits, predictedIou }) => ({
			mask: this.maskOf(logits, picture),
			predictedIou,
		}));
		return { mask, scores: scoresOf(state), candidates };
	}

	async prepare(picture: RgbPicture, pictureKey: string, signal: AbortSignal): Promise<void> {
		await this.features.get(pictureKey, () => Promise.resolve(picture), signal);
	}

	/** One sweep for all objects; each segment has a memory of its own that starts at its anchor. */
	async *track(request: TrackRequest, signal: AbortSignal): AsyncGenerator<TrackedMask, void, void> {
		const step = request.direction === 'forward' ? 1 : -1;
		const { stride } = this.options;
		const lanes = request.objects.flatMap((object) =>
			object.segments.map((segment): Lane => {
				const isInOrder =
					step * (segment.firstFrameIndex - segment.anchorFrameIndex) > 0 &&
					step * (segment.lastFrameIndex - segment.firstFrameIndex) >= 0;
				assert(isInOrder, `a segment of track ${object.trackId} does not follow its anchor`);
				const { frameCount } = request;
				return { object, segment, predictor: new ObjectPredictor(this.engine, { frameCount, ...this.options }) };
			}),
		);
		const anchors = request.objects.flatMap((object) => object.anchors.map((anchor) => anchor.frameIndex));
		this.features.lookAt(request.videoKey, anchors);
		for (const frameIndex of framesOf(lanes, step)) {
			for (const lane of lanes.filter(({ segment }) => isOn(segment, frameIndex, { step, stride }))) {
				const tracked = await this.advance(lane, frameIndex, request, signal);
				if (step * (frameIndex - lane.segment.firstFrameIndex) >= 0) {
					yield tracked;
				}
				if (frameIndex === lane.segment.lastFrameIndex) {
					lane.predictor.memory.clear();
				}
			}
		}
	}

	async dispose(): Promise<void> {
		await this.features.clear();
		await this.engine.dispose();
	}

	private async advance(
		lane: Lane,
		frameIndex: number,
		request: TrackRequest,
		signal: AbortSignal,
	): Promise<TrackedMask> {
		const { predictor, object } = lane;
		await this.rememberAnchors(lane, frameIndex, request, signal);
		const features = await this.featuresAt(frameIndex, request, signal);
		const state = await predictor.track(frameIndex, features, request.direction, signal);
		const given = object.anchors.find((anchor) => anchor.frameIndex === frameIndex);
		const mask = given?.mask ?? this.maskOf(state.logits, request);
		return {
			trackId: object.trackId,
			frameIndex,
			mask,
			presence: presenceOf(state, mask),
			scores: scoresOf(state),
		};
	}

	/** Keeps exactly the anchors that the frame can look at, so that many anchors take no more memory than a few. */
	private async rememberAnchors(
		lane: Lane,
		frameIndex: number,
		request: TrackRequest,
		signal: AbortSignal,
	): Promise<void> {
		const { predictor, object, segment } = lane;
		const all = object.anchors.map((anchor) => anchor.frameIndex);
		assert(
			all.includes(segment.anchorFrameIndex),
			`track ${object.trackId} has no anchor on the segment's first frame`,
		);
		const inReach = anchorsInReach(all, frameIndex, { direction: request.direction, ...this.options });
		for (const known of [...predictor.memory.anchors.keys()]) {
			if (!inReach.includes(known)) {
				predictor.memory.dropAnchor(known);
			}
		}
		for (const anchor of object.anchors) {
			if (inReach.includes(anchor.frameIndex) && !predictor.memory.anchors.has(anchor.frameIndex)) {
				const features = await this.featuresAt(anchor.frameIndex, request, signal);
				const state = await this.stateOfAnchor(anchor, features, request, signal);
				await predictor.adopt(anchor.frameIndex, features, state, signal);
			}
		}
	}

	/**
	 * An anchor whose prompts give its mask is what the network decided; one that was painted, imported or is absent
	 * is a given mask.
	 */
	private async stateOfAnchor(
		anchor: Anchor,
		features: Features,
		request: TrackRequest,
		signal: AbortSignal,
	): Promise<FrameState> {
		if (anchor.prompts.length > 0) {
			const pictureKey = pictureKeyOf(request.videoKey, anchor.frameIndex);
			const { prompts } = anchor;
			const { state, mask } = await this.replay.run({ size: request, prompts, pictureKey, features }, signal);
			if (isEqual(mask, anchor.mask)) {
				return state;
			}
		}
		return stateOfMask(this.engine, features, maskInSquare(anchor.mask, this.engine.config.imageSize), signal);
	}

	private async featuresAt(frameIndex: number, request: TrackRequest, signal: AbortSignal): Promise<Features> {
		const picture = async () => {
			const { width, height, data } = await request.pictureAt(frameIndex, signal);
			assert(width === request.width && height === request.height, `frame ${frameIndex} is ${width}x${height}`);
			return { width, height, data };
		};
		return this.features.get(pictureKeyOf(request.videoKey, frameIndex), picture, signal);
	}

	private maskOf(logits: Float32Array, size: { width: number; height: number }): Mask {
		return maskFromLogits(logits, square(lowResSize(this.engine.config)), size);
	}
}

function* framesOf(lanes: readonly Lane[], step: 1 | -1): Generator<number> {
	const spans = lanes
		.map(({ segment }) => ({ from: step * segment.anchorFrameIndex + 1, to: step * segment.lastFrameIndex }))
		.sort((one, other) => one.from - other.from);
	let next = -Infinity;
	for (const { from, to } of spans) {
		for (next = Math.max(next, from); next <= to; next++) {
			yield step * next;
		}
	}
}

function isOn(segment: TrackSegment, frameIndex: number, by: { step: 1 | -1; stride: number }): boolean {
	const { anchorFrameIndex, lastFrameIndex } = segment;
	const distance = by.step * (frameIndex - anchorFrameIndex);
	const isStop = distance % by.stride === 0 || frameIndex === lastFrameIndex;
	return isStop && distance > 0 && by.step * (lastFrameIndex - frameIndex) >= 0;
}

function presenceOf(state: FrameState, mask: Mask): Presence {
	if (!(state.objectScore > 0) || !mask.data.includes(1)) {
		return 'absent';
	}
	return state.predictedIou < CERTAIN_FROM_IOU ? 'uncertain' : 'visible';
}

function scoresOf({ predictedIou, objectScore, stability }: FrameState): MaskScores {
	return { predictedIou, objectScore, stability };
}

function isEqual(left: Mask, right: Mask): boolean {
	return (
		left.data.length === right.data.length &&
		left.data.every((value, index) => value === present(right.data[index], 'pixel'))
	);
}
