import { assert, present } from '../../preload/common/assert.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import { maskFromLogits } from '../predict/logits.ts';
import type { TrackedMask, TrackObject, TrackRequest, TrackSegment } from '../predict/tracker.ts';
import { breathe } from './breathe.ts';
import { carryWindow } from './carry-window.ts';
import { allColours, blend, colourOdds, coloursOf, commonShare, type ColourPair } from './colour-odds.ts';
import { sigmoid } from './planes.ts';
import {
	cropFeatures,
	cropTokens,
	together,
	type BuiltinNetwork,
	type Carried,
	type Features,
	type Remembered,
} from './network.ts';
import type { Cv } from './opencv.ts';
import { keepSupported, surelyNot } from './regions.ts';
import { toWorkingMask } from './resize-plane.ts';
import { absentScores, judge } from './scores.ts';
import { cropRows, emptyMask, pasteRows, type Window } from './window.ts';
import { carriedSize, toPlanes, type Planes, type WorkingSize } from './working-frame.ts';

/** Anchors that a frame looks at: the segment's own and its nearest others. */
const mostAnchors = 3;
/** What is kept of the recent colours from frame to frame. */
const recentShare = 0.2;
/** Two frames that have less of their colours in common are of two shots. */
const cutBelow = 0.35;

/** One segment under way. */
type Lane = { object: TrackObject; segment: TrackSegment; state: LaneState | null };

type LaneState = {
	/** The object is gone for good: another shot began. */
	isOver: boolean;
	/** Soft mask on the last visited frame; none where the object was absent. */
	before: Float32Array;
	/** Anchors. */
	far: Remembered;
	anchorColours: ColourPair;
	recentColours: ColourPair;
};

type Sweep = { cv: Cv; network: BuiltinNetwork; request: TrackRequest; size: WorkingSize; signal: AbortSignal };

/** A visited frame with its features. */
type Visit = { frameIndex: number; frame: Planes; features: Features; colours: Float32Array };

/**
 * One sweep over the video for all objects: a frame is encoded once, then every segment that is under way goes one
 * frame further, in a window around its object. Holds two frames at a time.
 */
export async function* track(
	tools: { cv: Cv; network: BuiltinNetwork },
	request: TrackRequest,
	signal: AbortSignal,
): AsyncGenerator<TrackedMask, void, void> {
	const step = request.direction === 'forward' ? 1 : -1;
	const sweep: Sweep = { ...tools, request, size: carriedSize(request), signal };
	const lanes: Lane[] = request.objects.flatMap((object) =>
		object.segments.map((segment) => ({ object, segment, state: null })),
	);
	checkSegments(lanes, step);
	let previous: Visit | null = null;
	for (const frameIndex of framesOf(lanes, step)) {
		await breathe(signal);
		const starting = lanes.filter((lane) => lane.segment.anchorFrameIndex === frameIndex);
		const going = lanes.filter((lane) => lane.state !== null && isReached(lane.segment, frameIndex, step));
		const frame = toPlanes(sweep.cv, await pictureOf(request, frameIndex, signal), sweep.size);
		const features = await sweep.network.encode(frame, signal);
		const visit: Visit = { frameIndex, frame, features, colours: allColours(frame.bins) };
		const isCut = previous !== null && commonShare(previous.colours, visit.colours) < cutBelow;
		for (const lane of going) {
			await breathe(signal);
			lane.state!.isOver ||= isCut;
			const tracked = await advance(sweep, lane, present(previous, 'frame before'), visit);
			if (step * (frameIndex - lane.segment.firstFrameIndex) >= 0) {
				yield tracked;
			}
			if (frameIndex === lane.segment.lastFrameIndex) {
				lane.state = null;
			}
		}
		for (const lane of starting) {
			await breathe(signal);
			lane.state = await begin(sweep, lane, visit);
		}
		previous = visit;
	}
}

/** Carries a lane to the visited frame. */
async function advance(sweep: Sweep, lane: Lane, previous: Visit, visit: Visit): Promise<TrackedMask> {
	const { network, request, size, signal } = sweep;
	const state = lane.state!;
	if (state.isOver) {
		const place = { trackId: lane.object.trackId, frameIndex: visit.frameIndex };
		return { ...place, mask: emptyMask(request), presence: 'absent', scores: absentScores };
	}
	const window = carryWindow(state.before, size);
	const before = cropRows(state.before, size.width, window, 1);
	const near = await network.remember(cropTokens(previous.features, window), before, signal);
	const maps = mapsOf(visit, { window, before, state });
	const carried = await network.carry(cropFeatures(visit.features, window), { maps, far: state.far, near }, signal);
	return arrive(sweep, lane, visit, { window, before, carried });
}

function mapsOf(
	visit: Visit,
	{ window, before, state }: { window: Window; before: Float32Array; state: LaneState },
): Float32Array {
	const bins = cropRows(visit.frame.bins, visit.frame.width, window, 1);
	const maps = new Float32Array(3 * bins.length);
	maps.set(before);
	colourOdds(bins, state.anchorColours, maps.subarray(bins.length, 2 * bins.length));
	colourOdds(bins, state.recentColours, maps.subarray(2 * bins.length));
	return maps;
}

/** A lane's mask on the visited frame, from what the network says of a window. */
function arrive(
	sweep: Sweep,
	lane: Lane,
	visit: Visit,
	{ window, before, carried }: { window: Window; before: Float32Array; carried: Carried },
): TrackedMask {
	const { cv, request, size } = sweep;
	const state = lane.state!;
	keepSupported(cv, carried.logits, before, window);
	const logits = pasteRows(planeOf(size, surelyNot), size.width, carried.logits, window);
	const mask = maskFromLogits(logits, size, request);
	const verdict = judge(carried, mask);
	const isAbsent = verdict.presence === 'absent';
	// What is not the object's is not remembered as its place: one that is absent may come back anywhere.
	state.before = planeOf(size, 0);
	if (!isAbsent) {
		pasteRows(state.before, size.width, carried.logits.map(sigmoid), window);
	}
	if (!isAbsent && carried.iouLogit > 0) {
		state.recentColours = blend(state.recentColours, coloursOf(visit.frame.bins, state.before), recentShare);
	}
	const place = { trackId: lane.object.trackId, frameIndex: visit.frameIndex };
	return { ...place, ...verdict, mask: isAbsent ? emptyMask(request) : mask };
}

function planeOf({ width, height }: WorkingSize, value: number): Float32Array {
	return new Float32Array(width * height).fill(value);
}

/** Starts a lane at its anchor, which is the visited frame. Looks at the nearest other anchors too. */
async function begin(sweep: Sweep, lane: Lane, visit: Visit): Promise<LaneState> {
	const { cv, network, request, size, signal } = sweep;
	const { anchorFrameIndex } = lane.segment;
	const own = present(
		lane.object.anchors.find((anchor) => anchor.frameIndex === anchorFrameIndex),
		'anchor of a segment',
	);
	const before = toWorkingMask(cv, own.mask, size);
	let anchorColours = coloursOf(visit.frame.bins, before);
	const recentColours = anchorColours;
	const far = [await network.remember(visit.features, before, signal)];
	const distance = (frameIndex: number) => Math.abs(frameIndex - anchorFrameIndex);
	const others = lane.object.anchors
		.filter((anchor) => anchor !== own && anchor.mask.data.includes(1))
		.sort((one, other) => distance(one.frameIndex) - distance(other.frameIndex))
		.slice(0, mostAnchors - 1);
	for (const anchor of others) {
		await breathe(signal);
		const frame = toPlanes(cv, await pictureOf(request, anchor.frameIndex, signal), size);
		const mask = toWorkingMask(cv, anchor.mask, size);
		far.push(await network.remember(await network.encode(frame, signal), mask, signal));
		anchorColours = blend(anchorColours, coloursOf(frame.bins, mask), 0.3);
	}
	// An object that is not on its anchor has nothing to be carried.
	const isOver = !own.mask.data.includes(1);
	return { isOver, before, far: together(far), anchorColours, recentColours };
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
