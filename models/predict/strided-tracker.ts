import { present } from '../../preload/common/assert.ts';
import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import type { Anchor, PromptRequest, PromptResult, TrackedMask, Tracker } from './tracker.ts';
import type { TrackObject, TrackRequest, TrackSegment } from './tracker.ts';

/** Where an object was last seen by the model that goes in strides. */
type Stop = { frameIndex: number; mask: Mask };

/**
 * A model that sees every so many frames, and another that carries its masks to those between: from the frame before
 * to the middle, from the frame after back to it, as anchors do it in a run.
 */
export class StridedTracker implements Tracker {
	private readonly striding: Tracker;
	private readonly between: Tracker;

	/** `striding` gives frames in strides alone, and each segment's last. Both are disposed with this one. */
	constructor(striding: Tracker, between: Tracker) {
		this.striding = striding;
		this.between = between;
	}

	prompt(request: PromptRequest, signal: AbortSignal): Promise<PromptResult> {
		return this.striding.prompt(request, signal);
	}

	prepare(picture: RgbPicture, pictureKey: string, signal: AbortSignal): Promise<void> {
		return this.striding.prepare(picture, pictureKey, signal);
	}

	async *track(request: TrackRequest, signal: AbortSignal): AsyncGenerator<TrackedMask, void, void> {
		const step = request.direction === 'forward' ? 1 : -1;
		const stops = new Map<TrackSegment, Stop>();
		// Frames that only pass through are asked for too: carrying starts from them.
		const objects = request.objects.map((object) => ({
			...object,
			segments: object.segments.map((segment) => ({
				...segment,
				firstFrameIndex: segment.anchorFrameIndex + step,
			})),
		}));
		for await (const tracked of this.striding.track({ ...request, objects }, signal)) {
			const object = present(
				request.objects.find(({ trackId }) => trackId === tracked.trackId),
				'object',
			);
			const segment = segmentAt(object, tracked.frameIndex, step);
			const before = stops.get(segment) ?? startOf(object, segment);
			stops.set(segment, tracked);
			for (const result of [...(await this.fill(object, { before, after: tracked, request }, signal)), tracked]) {
				if (step * (result.frameIndex - segment.firstFrameIndex) >= 0) {
					yield result;
				}
			}
		}
	}

	async dispose(): Promise<void> {
		await Promise.all([this.striding.dispose(), this.between.dispose()]);
	}

	/** The frames between two stops, in the run's order. */
	private async fill(
		object: TrackObject,
		gap: { before: Stop; after: Stop; request: TrackRequest },
		signal: AbortSignal,
	): Promise<TrackedMask[]> {
		const { before, after, request } = gap;
		const { trackId } = object;
		const isForward = request.direction === 'forward';
		const [low, high] = isForward ? [before, after] : [after, before];
		const middle = Math.floor((low.frameIndex + high.frameIndex) / 2);
		const anchors: Anchor[] = [low, high].map(({ frameIndex, mask }) => ({ frameIndex, mask, prompts: [] }));
		const filled: TrackedMask[] = [];
		const carry = async (direction: 'forward' | 'backward', from: Stop, first: number, last: number) => {
			if (direction === 'forward' ? first > last : first < last) {
				return;
			}
			const segments = [{ anchorFrameIndex: from.frameIndex, firstFrameIndex: first, lastFrameIndex: last }];
			const part = { ...request, direction, objects: [{ trackId, anchors, segments }] };
			for await (const result of this.between.track(part, signal)) {
				filled.push(result);
			}
		};
		await carry('forward', low, low.frameIndex + 1, Math.min(middle, high.frameIndex - 1));
		await carry('backward', high, high.frameIndex - 1, middle + 1);
		filled.sort((one, other) => one.frameIndex - other.frameIndex);
		return isForward ? filled : filled.reverse();
	}
}

function segmentAt(object: TrackObject, frameIndex: number, step: 1 | -1): TrackSegment {
	const segment = object.segments.find(({ anchorFrameIndex, lastFrameIndex }) => {
		return step * (frameIndex - anchorFrameIndex) > 0 && step * (lastFrameIndex - frameIndex) >= 0;
	});
	return present(segment, 'segment of a tracked frame');
}

function startOf(object: TrackObject, { anchorFrameIndex }: TrackSegment): Stop {
	return present(
		object.anchors.find(({ frameIndex }) => frameIndex === anchorFrameIndex),
		'anchor of a segment',
	);
}
