import { laneKinds, type Provenance } from '../../preload/contract/track.ts';

/** A track over the video, one byte a frame, as `track.lane` has it. Never changed in place. */
export type LaneData = { kinds: Uint8Array; flags: Uint8Array; ious: Uint8Array };

export type LaneRun = { from: number; to: number; kind: Provenance };
/** 1: look at it. 2: it is probably wrong. */
export type HeatRun = { from: number; to: number; level: 1 | 2 };

const anchorBit = 1;
const uncertainBit = 2;
const pendingBit = 4;
const noIou = 255;
const weakIou = 0.6;
const poorIou = 0.4;

export function emptyLane(frameCount: number): LaneData {
	return {
		kinds: new Uint8Array(frameCount),
		flags: new Uint8Array(frameCount),
		ious: new Uint8Array(frameCount).fill(noIou),
	};
}

/** A lane with some frames replaced, as a run reports them. */
export function patchLane(lane: LaneData, patch: { frameIndexes: Int32Array } & LaneData): LaneData {
	const next = { kinds: lane.kinds.slice(), flags: lane.flags.slice(), ious: lane.ious.slice() };
	patch.frameIndexes.forEach((frame, index) => {
		if (frame >= 0 && frame < next.kinds.length) {
			next.kinds[frame] = patch.kinds[index] ?? 0;
			next.flags[frame] = patch.flags[index] ?? 0;
			next.ious[frame] = patch.ious[index] ?? noIou;
		}
	});
	return next;
}

/** Null for a hole. */
export function kindAt(lane: LaneData, frame: number): Provenance | null {
	const code = lane.kinds[frame] ?? 0;
	return code === 0 ? null : (laneKinds[code - 1] ?? null);
}

export function isAnchorAt(lane: LaneData, frame: number): boolean {
	return ((lane.flags[frame] ?? 0) & anchorBit) !== 0;
}

export function isPendingAt(lane: LaneData, frame: number): boolean {
	return ((lane.flags[frame] ?? 0) & pendingBit) !== 0;
}

export function iouAt(lane: LaneData, frame: number): number | null {
	const byte = lane.ious[frame] ?? noIou;
	return byte === noIou ? null : byte / 254;
}

/** 0 fine, 1 look at it, 2 probably wrong. Frames that a person made are fine; scores of an empty mask say nothing. */
export function heatAt(lane: LaneData, frame: number): 0 | 1 | 2 {
	const kind = kindAt(lane, frame);
	if (kind === null || isAnchorAt(lane, frame)) {
		return 0;
	}
	const isUncertain = ((lane.flags[frame] ?? 0) & uncertainBit) !== 0;
	if (kind === 'emptyByModel') {
		return isUncertain ? 1 : 0;
	}
	const iou = iouAt(lane, frame);
	if (isUncertain) {
		return iou !== null && iou < poorIou ? 2 : 1;
	}
	return iou !== null && iou < poorIou ? 2 : iou !== null && iou < weakIou ? 1 : 0;
}

/** Stretches of one kind between `from` and `to - 1`; holes are left out. */
export function laneRuns(lane: LaneData, range: { from: number; to: number }): LaneRun[] {
	return stretches(range, (frame) => kindAt(lane, frame)).map(({ value, ...span }) => ({ ...span, kind: value }));
}

export function heatRuns(lane: LaneData, range: { from: number; to: number }): HeatRun[] {
	return stretches(range, (frame) => heatAt(lane, frame) || null).map(({ value, ...span }) => ({
		...span,
		level: value as 1 | 2,
	}));
}

export function anchorsIn(lane: LaneData, range: { from: number; to: number }): number[] {
	const anchors: number[] = [];
	for (let frame = range.from; frame < Math.min(range.to, lane.flags.length); frame++) {
		if (isAnchorAt(lane, frame)) {
			anchors.push(frame);
		}
	}
	return anchors;
}

/** The next frame in a direction that fits in any of the lanes; null where there is none. */
export function findFrame(
	lanes: readonly LaneData[],
	search: { from: number; step: 1 | -1; frameCount: number; fits: (lane: LaneData, frame: number) => boolean },
): number | null {
	for (let frame = search.from + search.step; frame >= 0 && frame < search.frameCount; frame += search.step) {
		if (lanes.some((lane) => search.fits(lane, frame))) {
			return frame;
		}
	}
	return null;
}

/** The first frame of the next uncertain stretch, so that one key press is one problem and not one frame. */
export function findUncertain(
	lanes: readonly LaneData[],
	search: { from: number; step: 1 | -1; frameCount: number },
): number | null {
	const isStart = (lane: LaneData, frame: number) =>
		heatAt(lane, frame) > 0 && (frame === 0 || heatAt(lane, frame - 1) === 0);
	return findFrame(lanes, { ...search, fits: isStart });
}

export type LaneSummary = { maskCount: number; anchorCount: number; uncertainCount: number; absentCount: number };

export function summarise(lane: LaneData): LaneSummary {
	const summary: LaneSummary = { maskCount: 0, anchorCount: 0, uncertainCount: 0, absentCount: 0 };
	for (let frame = 0; frame < lane.kinds.length; frame++) {
		const kind = kindAt(lane, frame);
		if (kind === 'emptyByModel' || kind === 'emptyByHand') {
			summary.absentCount++;
		} else if (kind !== null) {
			summary.maskCount++;
		}
		summary.anchorCount += isAnchorAt(lane, frame) ? 1 : 0;
		summary.uncertainCount += heatAt(lane, frame) > 0 ? 1 : 0;
	}
	return summary;
}

function stretches<V>(range: { from: number; to: number }, valueAt: (frame: number) => V | null) {
	const spans: { from: number; to: number; value: V }[] = [];
	let last: { from: number; to: number; value: V } | undefined;
	for (let frame = range.from; frame < range.to; frame++) {
		const value = valueAt(frame);
		if (value !== null && last && last.value === value && last.to === frame) {
			last.to = frame + 1;
		} else if (value !== null) {
			last = { from: frame, to: frame + 1, value };
			spans.push(last);
		}
	}
	return spans;
}
