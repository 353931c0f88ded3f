import type { TrackSegment } from '../../../models/predict/tracker.ts';
import type { FrameRange } from '../../../preload/contract/define.ts';
import type { Direction } from '../../../preload/contract/track.ts';

/** An anchor as the plan sees it. `isAbsent`: the anchor says that the object is not on that frame. */
export type PlanAnchor = { frameIndex: number; isAbsent: boolean };

export type TrackPlan = {
	forward: TrackSegment[];
	/** Segments of the backward sweep, from the last frame to the first. */
	backward: TrackSegment[];
	/** Frames of the range that the run will write. */
	frameCount: number;
};

type Stretch = { before: PlanAnchor | null; after: PlanAnchor | null; from: number; to: number };
type Share = { forward: FrameRange | null; backward: FrameRange | null };

/**
 * Which frames of a range a run computes, and from which anchor.
 *
 * Between anchors a < b the frames up to floor((a + b) / 2) come from the forward sweep, the rest from the backward
 * one; outside the outer anchors one sweep does it all. An anchor that says *absent* starts no sweep while the anchor
 * on the other side shows the object: the model, coming from there, finds the frame on which it vanishes. A run in one
 * direction leaves the other sweep's half alone, except for its holes. A run `between` anchors computes what lies between
 * two that show the object, whole, as forward segments.
 *
 * @param anchors ascending by frame, all of the track
 * @param range the frames asked for; anchors may lie outside
 * @param isHole whether the track has no mask yet on a frame
 */
export function planTrack(options: {
	anchors: readonly PlanAnchor[];
	range: FrameRange;
	direction: Direction;
	isHole: (frameIndex: number) => boolean;
}): TrackPlan {
	const { anchors, range, direction, isHole } = options;
	const plan: TrackPlan = { forward: [], backward: [], frameCount: 0 };
	for (const stretch of stretchesBetween(anchors, range)) {
		const share = narrow(shareOf(stretch), { stretch, direction, isHole });
		if (share.forward && stretch.before) {
			plan.forward.push({
				anchorFrameIndex: stretch.before.frameIndex,
				firstFrameIndex: share.forward.from,
				lastFrameIndex: share.forward.to - 1,
			});
			plan.frameCount += share.forward.to - share.forward.from;
		}
		if (share.backward && stretch.after) {
			plan.backward.unshift({
				anchorFrameIndex: stretch.after.frameIndex,
				firstFrameIndex: share.backward.to - 1,
				lastFrameIndex: share.backward.from,
			});
			plan.frameCount += share.backward.to - share.backward.from;
		}
	}
	return plan;
}

/** The range cut at the anchors, which no run overwrites. */
function stretchesBetween(anchors: readonly PlanAnchor[], range: FrameRange): Stretch[] {
	const stretches: Stretch[] = [];
	for (let index = 0; index <= anchors.length; index++) {
		const before = anchors[index - 1] ?? null;
		const after = anchors[index] ?? null;
		const from = Math.max(range.from, before ? before.frameIndex + 1 : 0);
		const to = Math.min(range.to, after ? after.frameIndex : Infinity);
		if (from < to && (before || after)) {
			stretches.push({ before, after, from, to });
		}
	}
	return stretches;
}

function shareOf({ before, after, from, to }: Stretch): Share {
	const middle = firstBackwardFrame(before, after);
	return { forward: rangeOf(from, Math.min(to, middle)), backward: rangeOf(Math.max(from, middle), to) };
}

function firstBackwardFrame(before: PlanAnchor | null, after: PlanAnchor | null): number {
	if (!before || !after) {
		return before ? Infinity : 0;
	}
	if (before.isAbsent !== after.isAbsent) {
		return after.isAbsent ? Infinity : 0;
	}
	return Math.floor((before.frameIndex + after.frameIndex) / 2) + 1;
}

/** Takes away the sweep that was not asked for and gives its holes to the one that was. */
function narrow(
	share: Share,
	options: { stretch: Stretch; direction: Direction; isHole: (frameIndex: number) => boolean },
): Share {
	const { stretch, direction, isHole } = options;
	if (direction === 'between') {
		const isBetween = stretch.before?.isAbsent === false && stretch.after?.isAbsent === false;
		return { forward: isBetween ? rangeOf(stretch.from, stretch.to) : null, backward: null };
	}
	if (direction === 'forward') {
		let to = share.forward?.to ?? stretch.from;
		for (let frameIndex = to; frameIndex < stretch.to; frameIndex++) {
			if (isHole(frameIndex)) {
				to = frameIndex + 1;
			}
		}
		return { forward: stretch.before ? rangeOf(stretch.from, to) : null, backward: null };
	}
	if (direction === 'backward') {
		let from = share.backward?.from ?? stretch.to;
		for (let frameIndex = from - 1; frameIndex >= stretch.from; frameIndex--) {
			if (isHole(frameIndex)) {
				from = frameIndex;
			}
		}
		return { forward: null, backward: stretch.after ? rangeOf(from, stretch.to) : null };
	}
	return share;
}

function rangeOf(from: number, to: number): FrameRange | null {
	return from < to ? { from, to } : null;
}
