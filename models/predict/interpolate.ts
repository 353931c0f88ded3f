import { assert, present } from '../../preload/common/assert.ts';
import { decodeRle, encodeRle, type Rle } from '../../preload/common/rle.ts';
import type { Cv } from '../builtin/opencv.ts';
import { blendMasks, maskIou } from './blend-masks.ts';
import type { TrackedMask, Tracker, TrackObject, TrackRequest } from './tracker.ts';

/** A segment lies between two anchors: its own, and the next one after its last frame. */
export type InterpolateRequest = Omit<TrackRequest, 'direction'>;

type Seen = Omit<TrackedMask, 'mask'> & { mask: Rle };
type Gap = { from: number; to: number; first: number; last: number; objects: TrackObject[] };

/** Under this overlap the two ways have found different things: one is taken, and a person should look. */
const leastOverlap = 0.4;

/**
 * Carries masks between two anchors from both, and blends what the two ways found: the nearer anchor counts for more,
 * and so does the way that is surer. Objects with the same two anchors go together; their frames ascend. The masks of one
 * way are held as RLE until the other comes by; `null` is given for each, so that a host may do something else between.
 */
export async function* interpolate(
	tools: { cv: Cv; tracker: Tracker },
	request: InterpolateRequest,
	signal: AbortSignal,
): AsyncGenerator<TrackedMask | null, void, void> {
	for (const { from, to, first, last, objects } of gapsOf(request.objects)) {
		const later = new Map<string, Seen>();
		const segmentsOf = (anchorFrameIndex: number, firstFrameIndex: number, lastFrameIndex: number) =>
			objects.map((object) => ({ ...object, segments: [{ anchorFrameIndex, firstFrameIndex, lastFrameIndex }] }));
		const backward = { ...request, direction: 'backward', objects: segmentsOf(to, last, first) } as const;
		for await (const tracked of tools.tracker.track(backward, signal)) {
			later.set(keyOf(tracked), { ...tracked, mask: encodeRle(tracked.mask) });
			yield null;
		}
		const forward = { ...request, direction: 'forward', objects: segmentsOf(from, first, last) } as const;
		for await (const tracked of tools.tracker.track(forward, signal)) {
			const seen = later.get(keyOf(tracked));
			later.delete(keyOf(tracked));
			// A model that goes in strides gives other frames from either side.
			yield seen === undefined ? tracked : blended(tools.cv, tracked, seen, { from, to });
		}
		for (const seen of later.values()) {
			yield { ...seen, mask: decodeRle(seen.mask) };
		}
	}
}

function blended(cv: Cv, one: TrackedMask, seen: Seen, gap: { from: number; to: number }): TrackedMask {
	const other: TrackedMask = { ...seen, mask: decodeRle(seen.mask) };
	const weight = (tracked: TrackedMask, distance: number) =>
		tracked.presence === 'absent' ? 0 : (tracked.scores.predictedIou ?? 1) / distance;
	const weights = [weight(one, one.frameIndex - gap.from), weight(other, gap.to - one.frameIndex)] as const;
	const share = weights[0] + weights[1] === 0 ? 0.5 : weights[0] / (weights[0] + weights[1]);
	const surer = share >= 0.5 ? one : other;
	if (one.presence === 'absent' || other.presence === 'absent') {
		// Where one way lost it, the other may have found it: it is told, and to be looked at.
		return one.presence === other.presence ? one : { ...surer, presence: 'uncertain' };
	}
	if (maskIou(one.mask, other.mask) < leastOverlap) {
		return { ...surer, presence: 'uncertain' };
	}
	const mix = (first: number | null, second: number | null) =>
		first === null || second === null ? null : share * first + (1 - share) * second;
	return {
		...surer,
		mask: blendMasks(cv, one.mask, other.mask, share),
		scores: {
			predictedIou: mix(one.scores.predictedIou, other.scores.predictedIou),
			objectScore: mix(one.scores.objectScore, other.scores.objectScore),
			stability: mix(one.scores.stability, other.scores.stability),
		},
	};
}

/** Objects whose segments lie between the same anchors go together. */
function gapsOf(objects: readonly TrackObject[]): Gap[] {
	const gaps = new Map<string, Gap>();
	for (const object of objects) {
		for (const { anchorFrameIndex: from, firstFrameIndex: first, lastFrameIndex: last } of object.segments) {
			const next = object.anchors.find(({ frameIndex }) => frameIndex > last);
			const to = present(next, 'the anchor after a segment').frameIndex;
			assert(from < first && first <= last, `frames ${first} to ${last} after ${from}`);
			const key = `${from} ${to} ${first} ${last}`;
			const gap = gaps.get(key) ?? { from, to, first, last, objects: [] };
			gap.objects.push(object);
			gaps.set(key, gap);
		}
	}
	return [...gaps.values()].sort((one, other) => one.first - other.first);
}

function keyOf({ trackId, frameIndex }: { trackId: number; frameIndex: number }): string {
	return `${trackId}:${frameIndex}`;
}
