import { assert, present } from '../../preload/common/assert.ts';
import { lowResSize } from '../sam2/config.ts';
import type { Decoded, Features, Sam2Engine, SquarePoints } from './engine.ts';
import { ABSENT_LOGIT, fillHoles, resizePlane, stability } from './logits.ts';
import type { Direction, FrameState, RememberedState } from './object-memory.ts';
import { ObjectMemory } from './object-memory.ts';
import type { Tensor } from './session.ts';

const STABLE_FROM = 0.98;
const PROMPT_LOGIT_LIMIT = 32;
const GIVEN_LOGIT = 10;

export type PredictorOptions = {
	/** Frames of the whole video: positions are relative to it. */
	frameCount: number;
	/** Anchors that a frame attends to at most. */
	maxAnchors: number;
	/** Holes of at most so many low-resolution pixels are filled; 0 leaves all. */
	fillHoleArea: number;
	/** Frames before a frame that it attends to beside the anchors. Default 6. */
	memoryFrames?: number;
	/** Every how many frames it is asked to track. Default 1. */
	stride?: number;
};

/** A decoded frame: the mask that was chosen and the ones that were not. */
export type Decision = FrameState & { alternatives: { logits: Float32Array; predictedIou: number }[] };

/**
 * One object in one video, frame by frame: prompts make drafts, `commit` makes them anchors, `track` carries on. It
 * knows neither where frames come from nor other objects. An anchor is never computed again by tracking, and a frame
 * that is corrected does not attend to what was known of it before.
 */
export class ObjectPredictor {
	readonly memory = new ObjectMemory();
	private readonly engine: Sam2Engine;
	private readonly options: PredictorOptions;
	private readonly drafts = new Map<number, FrameState>();
	/** Stretches that tracking has reached, latest last. */
	private readonly runs: { first: number; last: number; direction: Direction }[] = [];

	constructor(engine: Sam2Engine, options: PredictorOptions) {
		this.engine = engine;
		this.options = options;
	}

	/**
	 * Segments a frame by all its points so far. A frame that no run has reached is taken as a still picture; another
	 * attends to the memory. The frame's earlier logits are fed back.
	 */
	async promptPoints(
		frameIndex: number,
		features: Features,
		points: SquarePoints,
		signal: AbortSignal,
	): Promise<Decision> {
		const run = this.runs.findLast(({ first, last }) => first <= frameIndex && frameIndex <= last);
		const remembered = this.memory.select(frameIndex, {
			direction: run?.direction ?? 'forward',
			frameCount: this.options.frameCount,
			maxAnchors: this.options.maxAnchors,
			except: frameIndex,
		});
		const hasOtherAnchor = [...this.memory.anchors.keys()].some((anchor) => anchor !== frameIndex);
		const isStill = run === undefined || !hasOtherAnchor;
		const earlier = this.drafts.get(frameIndex) ?? this.memory.at(frameIndex);
		const decided = await decide(
			this.engine,
			features,
			{
				features: isStill ? features.f : await this.engine.attend(features, remembered, signal),
				isStill,
				points,
				earlier: earlier?.logits ?? null,
			},
			signal,
		);
		const decision = this.withoutHoles(decided);
		this.drafts.set(frameIndex, decision);
		return decision;
	}

	/** Takes a person's mask (in the square, 0 and 1) as the frame's; only its pointer is computed. */
	async promptMask(
		frameIndex: number,
		features: Features,
		maskInSquare: Float32Array,
		signal: AbortSignal,
	): Promise<FrameState> {
		const state = this.withoutHoles(await stateOfMask(this.engine, features, maskInSquare, signal));
		this.drafts.set(frameIndex, state);
		return state;
	}

	/** Makes the drafts anchors. Call it before tracking. */
	async commit(featuresAt: (frameIndex: number) => Promise<Features>, signal: AbortSignal): Promise<void> {
		for (const [frameIndex, state] of this.drafts) {
			await this.adopt(frameIndex, await featuresAt(frameIndex), state, signal);
			this.drafts.delete(frameIndex);
		}
	}

	/** Makes a state that is already decided an anchor. */
	async adopt(frameIndex: number, features: Features, state: FrameState, signal: AbortSignal): Promise<void> {
		this.memory.setAnchor(frameIndex, await this.remembered(features, state, { isHard: true }, signal));
	}

	/** The next frame of a run. On an anchor it gives the anchor's state. */
	async track(
		frameIndex: number,
		features: Features,
		direction: Direction,
		signal: AbortSignal,
	): Promise<RememberedState> {
		assert(this.memory.anchors.size > 0, 'tracking starts from an anchor');
		this.reach(frameIndex, direction);
		const anchor = this.memory.anchors.get(frameIndex);
		if (anchor !== undefined) {
			return anchor;
		}
		const remembered = this.memory.select(frameIndex, { ...this.options, direction });
		const attended = await this.engine.attend(features, remembered, signal);
		const decision = await decide(
			this.engine,
			features,
			{ features: attended, isStill: false, points: null, earlier: null },
			signal,
		);
		const { alternatives: _, ...state } = decision;
		// The memory is of the mask with its holes: it is made before they are filled.
		const kept = this.withoutHoles(await this.remembered(features, state, { isHard: false }, signal));
		this.memory.remember(frameIndex, kept);
		return kept;
	}

	private async remembered(
		features: Features,
		state: FrameState,
		kind: { isHard: boolean },
		signal: AbortSignal,
	): Promise<RememberedState> {
		const { logits, objectScore } = state;
		const isPresent = objectScore > 0;
		const memory = await this.engine.encodeMemory({ features, logits, isPresent, ...kind }, signal);
		return { ...state, memory };
	}

	private withoutHoles<S extends FrameState>(state: S): S {
		return withoutHoles(state, lowResSize(this.engine.config), this.options.fillHoleArea);
	}

	private reach(frameIndex: number, direction: Direction): void {
		const run = this.runs.at(-1);
		const isNext = direction === 'forward' ? run?.last === frameIndex - 1 : run?.first === frameIndex + 1;
		if (run === undefined || run.direction !== direction || !isNext) {
			this.runs.push({ first: frameIndex, last: frameIndex, direction });
		} else if (direction === 'forward') {
			run.last = frameIndex;
		} else {
			run.first = frameIndex;
		}
	}
}

/** Decodes and chooses; `earlier` are the frame's logits from before, which are fed back. */
export async function decide(
	engine: Sam2Engine,
	fine: Features,
	request: { features: Tensor; isStill: boolean; points: SquarePoints | null; earlier: Float32Array | null },
	signal: AbortSignal,
): Promise<Decision> {
	const { features, isStill, points, earlier } = request;
	const clamp = (logit: number) => Math.min(PROMPT_LOGIT_LIMIT, Math.max(-PROMPT_LOGIT_LIMIT, logit));
	const maskPrompt = earlier === null ? null : earlier.map(clamp);
	const decoded = await engine.decode({ features, fine, isStill, points, maskPrompt }, signal);
	return chooseMask(decoded, points?.labels.length ?? 0);
}

/**
 * Which of the four masks counts. Up to one point: the best of the three alternatives. More: the single one, unless
 * it is unstable; then the best of three, but still the single one's pointer. An absent object has no mask.
 */
export function chooseMask(decoded: Decoded, pointCount: number): Decision {
	const best = decoded.predictedIou.reduce((at, iou, index, all) => (index > 1 && iou > all[at]! ? index : at), 1);
	const isSingle = pointCount > 1;
	const chosen = isSingle && stability(decoded.masks[0]!) >= STABLE_FROM ? 0 : best;
	const isPresent = decoded.objectScore > 0;
	const logitsOf = (index: number) => {
		const logits = present(decoded.masks[index], 'mask');
		return isPresent ? logits : new Float32Array(logits.length).fill(ABSENT_LOGIT);
	};
	return {
		logits: logitsOf(chosen),
		pointer: present(decoded.pointers[isSingle ? 0 : best], 'pointer'),
		objectScore: decoded.objectScore,
		predictedIou: decoded.predictedIou[chosen]!,
		stability: stability(decoded.masks[chosen]!),
		alternatives: [1, 2, 3]
			.filter((index) => index !== chosen)
			.map((index) => ({ logits: logitsOf(index), predictedIou: decoded.predictedIou[index]! }))
			.sort((a, b) => b.predictedIou - a.predictedIou),
	};
}

/** The state with holes of up to `area` low-resolution pixels filled. */
export function withoutHoles<S extends FrameState>(state: S, edge: number, area: number): S {
	return area === 0 ? state : { ...state, logits: fillHoles(state.logits, edge, area) };
}

/** What a person's mask says: its logits are +-10, and the decoder gives its pointer. */
export async function stateOfMask(
	engine: Sam2Engine,
	features: Features,
	maskInSquare: Float32Array,
	signal: AbortSignal,
): Promise<FrameState> {
	const edge = engine.config.imageSize;
	const lowRes = lowResSize(engine.config);
	const plane = { width: edge, height: edge, data: maskInSquare.map((value) => value * 2 * GIVEN_LOGIT - GIVEN_LOGIT) };
	const maskPrompt = await engine.maskPrompt(maskInSquare, signal);
	const decoded = await engine.decode(
		{ features: features.f, fine: features, isStill: false, points: null, maskPrompt },
		signal,
	);
	const isPresent = maskInSquare.some((value) => value > 0);
	return {
		logits: resizePlane(plane, { width: lowRes, height: lowRes }),
		pointer: isPresent ? present(decoded.pointers[0], 'pointer') : decoded.absentPointer,
		objectScore: isPresent ? GIVEN_LOGIT : -GIVEN_LOGIT,
		predictedIou: 1,
		stability: 1,
	};
}
