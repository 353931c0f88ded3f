import { assert, present } from '../../preload/common/assert.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import type { TrackedMask, TrackObject, TrackRequest, TrackSegment } from '../predict/tracker.ts';
import { breathe } from './breathe.ts';
import { blend, colourOdds, coloursOf, commonColours, type ColourPair } from './colour-odds.ts';
import { sigmoid } from './planes.ts';
import { together, type BuiltinNetwork, type Carried, type Features, type Remembered } from './network.ts';
import type { Cv } from './opencv.ts';
import { keepSupported } from './regions.ts';
import { toFullMask, toWorkingMask } from './resize-plane.ts';
import { absentScores, judge } from './scores.ts';
import { emptyMask } from './window.ts';
import { carriedSize, toPlanes, type Planes, type WorkingSize } from './working-frame.ts';

/** Anchors that a frame looks at: the segment's own and its nearest others. */
const mostAnchors = 3;
/** Objects that one run of a graph carries at most: it blocks its thread for as long. */
const mostTogether = 4;
/** What is kept of the recent colours from frame to frame. */
const recentShare = 0.2;
/** Two frames that have less of their colours in common are of two shots. */
const cutBelow = 0.35;

/** One segment under way. */
type Lane = { object: TrackObject; segment: TrackSegment; state: LaneState | null };

type LaneState = {
	/** The object is gone for good: another shot began. */
	isOver: boolean;
	/** Soft mask on the last visited frame. */
	before: Float32Array;
	near: Remembered;
	/** Anchors, and which frames they are. */
	far: Remembered;
	farFrames: string;
	anchorColours: ColourPair;
	recentColours: ColourPair;
};

type Sweep = { cv: Cv; network: BuiltinNetwork; request: TrackRequest; size: WorkingSize; signal: AbortSignal };

/** A visited frame with its features. */
type Visit = { frameIndex: number; frame: Planes; features: Features; isCut: boolean };

/**
 * One sweep over the video for all objects: a frame is encoded once, then every segment that is under way goes one
 * frame further, those that look at the same anchors together. Holds one frame at a time.
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
	let previous: Planes | null = null;
	for (const frameIndex of framesOf(lanes, step)) {
		await breathe(signal);
		const starting = lanes.filter((lane) => lane.segment.anchorFrameIndex === frameIndex);
		const going = lanes.filter((lane) => lane.state !== null && isReached(lane.segment, frameIndex, step));
		const frame = toPlanes(sweep.cv, await pictureOf(request, frameIndex, signal), sweep.size);
		const features = await sweep.network.encode(frame, signal);
		const isCut = previous !== null && going.length > 0 && commonColours(previous, frame) < cutBelow;
		const visit: Visit = { frameIndex, frame, features, isCut };
		const reached = await advance(sweep, going, visit);
		for (const lane of going) {
			const tracked = reached.get(lane)!;
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
		previous = frame;
	}
}

/** Carries lanes to the visited frame. */
async function advance(sweep: Sweep, lanes: readonly Lane[], visit: Visit): Promise<Map<Lane, TrackedMask>> {
	const { network, request, signal } = sweep;
	const reached = new Map<Lane, TrackedMask>();
	for (const lane of lanes) {
		const state = lane.state!;
		state.isOver ||= visit.isCut;
		if (state.isOver) {
			const place = { trackId: lane.object.trackId, frameIndex: visit.frameIndex };
			reached.set(lane, { ...place, mask: emptyMask(request), presence: 'absent', scores: absentScores });
		}
	}
	for (const group of groupsOf(lanes.filter((lane) => !reached.has(lane)))) {
		await breathe(signal);
		const objects = group.map(({ state }) => ({ maps: mapsOf(visit, state!), far: state!.far, near: state!.near }));
		const carried = await network.carry(visit.features, objects, signal);
		group.forEach((lane, index) => reached.set(lane, arrive(sweep, lane, visit, carried[index]!)));
		const near = await network.remember(
			visit.features,
			group.map(({ state }) => state!.before),
			signal,
		);
		group.forEach(({ state }, index) => (state!.near = near[index]!));
	}
	return reached;
}

/** Lanes that look at the same frames, a few at a time. */
function groupsOf(lanes: readonly Lane[]): Lane[][] {
	const groups: Lane[][] = [];
	for (const lane of lanes) {
		const { farFrames, near } = lane.state!;
		const group = groups.findLast(([first]) => {
			return first!.state!.farFrames === farFrames && first!.state!.near.key === near.key;
		});
		if (group !== undefined && group.length < mostTogether) {
			group.push(lane);
		} else {
			groups.push([lane]);
		}
	}
	return groups;
}

function mapsOf(visit: Visit, state: LaneState): Float32Array {
	const { bins } = visit.frame;
	const maps = new Float32Array(3 * bins.length);
	maps.set(state.before);
	colourOdds(bins, state.anchorColours, maps.subarray(bins.length, 2 * bins.length));
	colourOdds(bins, state.recentColours, maps.subarray(2 * bins.length));
	return maps;
}

/** A lane's mask on the visited frame, from what the network says. */
function arrive(sweep: Sweep, lane: Lane, visit: Visit, carried: Carried): TrackedMask {
	const { cv, request, size } = sweep;
	const state = lane.state!;
	keepSupported(cv, carried.logits, state.before, size);
	const probability = carried.logits.map(sigmoid);
	const mask = toFullMask(cv, carried.logits, size, request);
	const verdict = judge(carried, mask);
	state.before = probability;
	if (verdict.presence !== 'absent' && carried.iouLogit > 0) {
		state.recentColours = blend(state.recentColours, coloursOf(visit.frame.bins, probability), recentShare);
	}
	const place = { trackId: lane.object.trackId, frameIndex: visit.frameIndex };
	return { ...place, ...verdict, mask: verdict.presence === 'absent' ? emptyMask(request) : mask };
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
	const [near] = (await network.remember(visit.features, [before], signal)) as [Remembered];
	let anchorColours = coloursOf(visit.frame.bins, before);
	const recentColours = anchorColours;
	const far = [near];
	const distance = (frameIndex: number) => Math.abs(frameIndex - anchorFrameIndex);
	const others = lane.object.anchors
		.filter((anchor) => anchor !== own && anchor.mask.data.includes(1))
		.sort((one, other) => distance(one.frameIndex) - distance(other.frameIndex))
		.slice(0, mostAnchors - 1);
	for (const anchor of others) {
		await breathe(signal);
		const frame = toPlanes(cv, await pictureOf(request, anchor.frameIndex, signal), size);
		const mask = toWorkingMask(cv, anchor.mask, size);
		far.push(...(await network.remember(await network.encode(frame, signal), [mask], signal)));
		anchorColours = blend(anchorColours, coloursOf(frame.bins, mask), 0.3);
	}
	// An object that is not on its anchor has nothing to be carried.
	const isOver = !own.mask.data.includes(1);
	const farFrames = [own, ...others].map(({ frameIndex }) => frameIndex).join();
	return { isOver, before, near, far: together(far), farFrames, anchorColours, recentColours };
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
