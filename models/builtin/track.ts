import { assert, present } from '../../preload/common/assert.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import type { TrackedMask, TrackObject, TrackRequest, TrackSegment } from '../predict/tracker.ts';
import { breathe } from './breathe.ts';
import { carry } from './carry.ts';
import { ColourModel } from './colour-model.ts';
import { flowBetween, isCut, type FlowPair } from './flow.ts';
import { toFullSize } from './full-size.ts';
import { GuidedFilter } from './guided-filter.ts';
import { learnColours, toWorkingMask } from './learn.ts';
import type { Cv } from './opencv.ts';
import { absentScores, judge } from './scores.ts';
import { emptyMask } from './window.ts';
import { toWorkingFrame, workingSize, type WorkingFrame, type WorkingSize } from './working-frame.ts';

/** 427 x 240 and the like: what flow can be had of in time. */
export const trackPixels = 427 * 240;
/** Anchors that the colour model is made from: the segment's own and its nearest others. */
const colourAnchors = 6;
/** What is kept of the recent colours from frame to frame. */
const recentMemory = 0.8;

/** One segment under way. */
type Lane = {
	object: TrackObject;
	segment: TrackSegment;
	state: LaneState | null;
};

type LaneState = {
	/** Soft mask on the last visited frame; null once the object is gone. */
	probability: Float32Array | null;
	anchors: ColourModel;
	recent: ColourModel;
	typicalAreaPixels: number;
	/** Sum of what changed from frame to frame since the anchor; see `judge`. */
	doubt: number;
	framesSinceAnchor: number;
};

/**
 * One sweep over the video for all objects: flow and features of a frame are made once, then every segment that is
 * under way goes one frame further. Holds two frames at a time.
 */
export async function* track(
	cv: Cv,
	request: TrackRequest,
	signal: AbortSignal,
): AsyncGenerator<TrackedMask, void, void> {
	const step = request.direction === 'forward' ? 1 : -1;
	const size = workingSize(request, trackPixels);
	const lanes: Lane[] = request.objects.flatMap((object) =>
		object.segments.map((segment) => ({ object, segment, state: null })),
	);
	checkSegments(lanes, step);
	let previous: WorkingFrame | null = null;
	for (const frameIndex of framesOf(lanes, step)) {
		await breathe(signal);
		const starting = lanes.filter((lane) => lane.segment.anchorFrameIndex === frameIndex);
		const going = lanes.filter((lane) => lane.state !== null && isReached(lane.segment, frameIndex, step));
		const picture = await pictureOf(request, frameIndex, signal);
		const frame = toWorkingFrame(cv, picture, size);
		await breathe(signal);
		const isFlowWanted = going.some((lane) => lane.state!.probability !== null);
		const flow: FlowPair | null = isFlowWanted ? flowBetween(cv, present(previous, 'previous frame'), frame) : null;
		const cut = flow !== null && isCut(flow, present(previous, 'previous frame'), frame);
		const filter = isFlowWanted && !cut ? new GuidedFilter(cv, frame) : null;
		for (const lane of going) {
			await breathe(signal);
			const tracked = advance(cv, lane, { frameIndex, picture, frame, previous, flow, cut, filter });
			if (step * (frameIndex - lane.segment.firstFrameIndex) >= 0) {
				yield tracked;
			}
			if (frameIndex === lane.segment.lastFrameIndex) {
				lane.state = null;
			}
		}
		for (const lane of starting) {
			await breathe(signal);
			lane.state = await begin(cv, lane, { frame, size, request, signal });
		}
		previous = frame;
	}
}

type Visit = {
	frameIndex: number;
	picture: RgbPicture;
	frame: WorkingFrame;
	previous: WorkingFrame | null;
	flow: FlowPair | null;
	cut: boolean;
	filter: GuidedFilter | null;
};

/** Carries one lane to the visited frame. */
function advance(cv: Cv, lane: Lane, visit: Visit): TrackedMask {
	const state = lane.state!;
	const { frame, flow, filter, picture } = visit;
	const place = { trackId: lane.object.trackId, frameIndex: visit.frameIndex };
	if (state.probability === null || flow === null || filter === null) {
		state.probability = null;
		return { ...place, mask: emptyMask(picture), presence: 'absent', scores: absentScores };
	}
	const previous = { frame: present(visit.previous, 'previous frame'), probability: state.probability };
	const { probability, smoothed, evidence } = carry(cv, {
		previous,
		current: frame,
		flow,
		colours: { anchors: state.anchors, recent: state.recent },
		filter,
	});
	state.framesSinceAnchor++;
	const verdict = judge(evidence, state);
	if (verdict.presence === 'absent') {
		state.probability = null;
		return { ...place, mask: emptyMask(picture), presence: 'absent', scores: verdict.scores };
	}
	state.probability = probability;
	state.doubt = verdict.doubt;
	state.typicalAreaPixels += 0.1 * (evidence.areaPixels - state.typicalAreaPixels);
	if (verdict.presence === 'visible') {
		state.recent.decay(recentMemory);
		learnColours(cv, state.recent, frame, probability, 1 - recentMemory);
		state.recent.settle();
	}
	const mask = toFullSize(cv, probability, frame, picture, smoothed);
	return { ...place, mask, presence: verdict.presence, scores: verdict.scores };
}

/** Starts a lane at its anchor, which is the visited frame. Looks at the other anchors for their colours. */
async function begin(
	cv: Cv,
	lane: Lane,
	at: { frame: WorkingFrame; size: WorkingSize; request: TrackRequest; signal: AbortSignal },
): Promise<LaneState> {
	const { frame, size, request, signal } = at;
	const own = present(
		lane.object.anchors.find((anchor) => anchor.frameIndex === lane.segment.anchorFrameIndex),
		'anchor of a segment',
	);
	const probability = toWorkingMask(cv, own.mask, size);
	const recent = new ColourModel();
	const anchors = new ColourModel();
	learnColours(cv, recent, frame, probability, 1);
	learnColours(cv, anchors, frame, probability, 1);
	const others = lane.object.anchors
		.filter((anchor) => anchor !== own && anchor.mask.data.includes(1))
		.sort((one, other) => Math.abs(one.frameIndex - own.frameIndex) - Math.abs(other.frameIndex - own.frameIndex))
		.slice(0, colourAnchors - 1);
	for (const anchor of others) {
		const picture = await pictureOf(request, anchor.frameIndex, signal);
		await breathe(signal);
		const mask = toWorkingMask(cv, anchor.mask, size);
		learnColours(cv, anchors, toWorkingFrame(cv, picture, size), mask, 0.5);
	}
	recent.settle();
	anchors.settle();
	let areaPixels = 0;
	for (const value of probability) {
		areaPixels += value > 0.5 ? 1 : 0;
	}
	// A small object may be under half of every working pixel that it touches; it is then too small to be carried.
	return {
		probability: areaPixels > 0 ? probability : null,
		anchors,
		recent,
		typicalAreaPixels: areaPixels,
		doubt: 0,
		framesSinceAnchor: 0,
	};
}

/** Frames to visit in the sweep's order: each segment from its anchor to its last frame, each frame once. */
function* framesOf(lanes: readonly Lane[], step: 1 | -1): Generator<number> {
	const spans = lanes
		.map(({ segment }) => ({ from: step * segment.anchorFrameIndex, to: step * segment.lastFrameIndex }))
		.sort((one, other) => one.from - other.from);
	let next = -Infinity;
	for (const { from, to } of spans) {
		for (next = Math.max(next, from); next <= to; next++) {
			yield step * next;
		}
	}
}

function isReached(segment: TrackSegment, frameIndex: number, step: 1 | -1): boolean {
	return step * (frameIndex - segment.anchorFrameIndex) > 0 && step * (segment.lastFrameIndex - frameIndex) >= 0;
}

function checkSegments(lanes: readonly Lane[], step: 1 | -1): void {
	for (const { segment, object } of lanes) {
		const { anchorFrameIndex, firstFrameIndex, lastFrameIndex } = segment;
		assert(
			step * (firstFrameIndex - anchorFrameIndex) > 0 && step * (lastFrameIndex - firstFrameIndex) >= 0,
			`segment ${anchorFrameIndex}: ${firstFrameIndex}..${lastFrameIndex} of track ${object.trackId} does not follow its anchor`,
		);
	}
}

async function pictureOf(request: TrackRequest, frameIndex: number, signal: AbortSignal): Promise<RgbPicture> {
	const picture = await request.pictureAt(frameIndex, signal);
	assert(
		picture.width === request.width && picture.height === request.height,
		`frame ${frameIndex} is ${picture.width}x${picture.height}, the video ${request.width}x${request.height}`,
	);
	return picture;
}
