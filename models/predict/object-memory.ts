import { MEMORY_ROWS } from '../sam2/config.ts';
import type { Remembered } from './engine.ts';

export type Direction = 'forward' | 'backward';

/** What the network knows of one object on one frame. */
export type FrameState = {
	/** Low-resolution logits, (4h)². */
	logits: Float32Array;
	pointer: Float32Array;
	objectScore: number;
	predictedIou: number;
	stability: number;
};
/** A state with its memory: what other frames may attend to. */
export type RememberedState = FrameState & { memory: Uint16Array };

export type SelectContext = {
	direction: Direction;
	frameCount: number;
	maxAnchors: number;
	except?: number;
	/** Frames before this one that are attended to beside the anchors. Default 6, as the network was trained. */
	memoryFrames?: number;
	stride?: number;
};

/** Frames of a run that later frames can still reach: 15 pointers before the current one. */
const RECENT_FRAMES = 16;
const POINTER_FRAMES = 16;

/**
 * One object's memory bank. Anchors stay until removed; of other frames the last ones of the run stay, so that its
 * size does not depend on the length of the video.
 */
export class ObjectMemory {
	readonly anchors = new Map<number, RememberedState>();
	private readonly recent = new Map<number, RememberedState>();

	setAnchor(frameIndex: number, state: RememberedState): void {
		this.anchors.set(frameIndex, state);
		this.recent.delete(frameIndex);
	}

	clear(): void {
		this.anchors.clear();
		this.recent.clear();
	}

	dropAnchor(frameIndex: number): void {
		this.anchors.delete(frameIndex);
	}

	remember(frameIndex: number, state: RememberedState): void {
		this.recent.delete(frameIndex);
		this.recent.set(frameIndex, state);
		const oldest = this.recent.keys().next();
		if (this.recent.size > RECENT_FRAMES && oldest.done === false) {
			this.recent.delete(oldest.value);
		}
	}

	/** The anchor's state or the run's. */
	at(frameIndex: number): RememberedState | null {
		return this.anchors.get(frameIndex) ?? this.recent.get(frameIndex) ?? null;
	}

	/**
	 * What a frame attends to: the selected anchors (row 6 of the temporal encoding), then the six frames before it in
	 * the direction, the nearest at row 0; pointers of the selected anchors that lie in the past, then of up to 15
	 * frames before it. An anchor that was not selected counts as an ordinary frame. `except` is left out. With a
	 * `stride` the video is taken as if it had every so many frames alone.
	 */
	select(frameIndex: number, context: SelectContext): Remembered {
		const { memoryFrames = MEMORY_ROWS - 1, stride = 1 } = context;
		const step = context.direction === 'forward' ? stride : -stride;
		const candidates = [...this.anchors.keys()].filter((anchor) => anchor !== context.except);
		const selected = selectAnchors(candidates, frameIndex, context.maxAnchors);
		const ordinary = (frame: number) => {
			const isFree = frame !== context.except && !selected.includes(frame);
			return isFree ? (this.recent.get(frame) ?? this.anchors.get(frame)) : undefined;
		};
		const memories = selected.map((anchor) => ({ memory: this.anchors.get(anchor)!.memory, row: MEMORY_ROWS - 1 }));
		for (let distance = memoryFrames; distance >= 1; distance--) {
			const state = ordinary(frameIndex - step * distance);
			if (state !== undefined) {
				memories.push({ memory: state.memory, row: distance - 1 });
			}
		}
		const reach = Math.min(Math.ceil(context.frameCount / stride), POINTER_FRAMES);
		const longest = Math.max(1, reach - 1);
		const pointers = selected
			.filter((anchor) => (frameIndex - anchor) * step >= 0)
			.map((anchor) => ({
				pointer: this.anchors.get(anchor)!.pointer,
				time: (frameIndex - anchor) / step / longest,
			}));
		for (let distance = 1; distance < reach; distance++) {
			const state = ordinary(frameIndex - step * distance);
			if (state !== undefined) {
				pointers.push({ pointer: state.pointer, time: distance / longest });
			}
		}
		return { memories, pointers };
	}
}

/** The anchors that `select` would look at from a frame: the selected ones, and those that count as ordinary frames. */
export function anchorsInReach(
	anchors: readonly number[],
	frameIndex: number,
	context: { direction: Direction; maxAnchors: number; stride?: number },
): number[] {
	const { stride = 1 } = context;
	const step = context.direction === 'forward' ? 1 : -1;
	const selected = selectAnchors(anchors, frameIndex, context.maxAnchors);
	return anchors.filter((anchor) => {
		const distance = (frameIndex - anchor) * step;
		return selected.includes(anchor) || (distance >= 0 && distance < POINTER_FRAMES * stride);
	});
}

/** With more than `limit` anchors: the nearest before, the nearest from the frame on, then the nearest others. */
export function selectAnchors(anchors: readonly number[], frameIndex: number, limit: number): number[] {
	if (anchors.length <= limit) {
		return [...anchors];
	}
	const before = anchors.filter((anchor) => anchor < frameIndex).sort((a, b) => b - a);
	const after = anchors.filter((anchor) => anchor >= frameIndex).sort((a, b) => a - b);
	const certain = [...before.slice(0, 1), ...after.slice(0, 1)];
	const others = anchors
		.filter((anchor) => !certain.includes(anchor))
		.sort((a, b) => Math.abs(a - frameIndex) - Math.abs(b - frameIndex));
	return [...certain, ...others.slice(0, Math.max(0, limit - certain.length))];
}
