import { assert } from '../../preload/common/assert.ts';
import type { Point } from '../../preload/common/geometry.ts';
import type { Mask } from '../../preload/common/picture.ts';
import type { Prompt } from '../../preload/common/prompt.ts';
import { decodeRle } from '../../preload/common/rle.ts';
import { lowResSize } from '../sam2/config.ts';
import type { Features, Sam2Engine, SquarePoints } from './engine.ts';
import { maskFromLogits, maskInSquare, square } from './logits.ts';
import type { FrameState } from './object-memory.ts';
import type { Decision } from './object-predictor.ts';
import { decide, stateOfMask, withoutHoles } from './object-predictor.ts';

/** Where a frame stands after some of its prompts. */
export type PromptedState = {
	state: FrameState;
	/** At the size of the picture. */
	mask: Mask;
	alternatives: Decision['alternatives'];
	/** Everything said so far, in pixels of the picture. */
	said: { box: { from: Point; to: Point } | null; points: { at: Point; isPositive: boolean }[] };
};

type Size = { width: number; height: number };

/** Prompts along a scribble: the network knows clicks alone. */
const STROKE_CLICKS = 3;
/** One more click on a frame costs one step, not all of them again. */
const KEPT_STATES = 12;

/** Replays a frame's prompts one at a time, each on the result of the one before; what was replayed is looked up. */
export class StillReplay {
	private readonly engine: Sam2Engine;
	private readonly fillHoleArea: number;
	private readonly kept = new Map<string, PromptedState>();

	constructor(engine: Sam2Engine, options: { fillHoleArea: number }) {
		this.engine = engine;
		this.fillHoleArea = options.fillHoleArea;
	}

	async run(
		request: { size: Size; prompts: readonly Prompt[]; pictureKey: string; features: Features },
		signal: AbortSignal,
	): Promise<PromptedState> {
		const { size, prompts, features } = request;
		assert(prompts.length > 0, 'a frame is prompted by something');
		let key = `${request.pictureKey} ${size.width}x${size.height}`;
		const keys = prompts.map((prompt) => (key += ` ${promptKey(prompt)}`));
		let done = keys.findLastIndex((known) => this.kept.has(known));
		let state = done < 0 ? null : this.kept.get(keys[done]!)!;
		while (++done < prompts.length) {
			state = await this.say(state, prompts[done]!, { size, features }, signal);
			this.keep(keys[done]!, state);
		}
		assert(state !== null, 'the last prompt gives a state');
		return state;
	}

	private async say(
		before: PromptedState | null,
		prompt: Prompt,
		frame: { size: Size; features: Features },
		signal: AbortSignal,
	): Promise<PromptedState> {
		const { size, features } = frame;
		const edge = lowResSize(this.engine.config);
		if (prompt.kind === 'mask') {
			// A mask starts anew: clicks before it no longer count, clicks after it refine it.
			const mask = decodeRle(prompt.mask);
			const square = maskInSquare(mask, this.engine.config.imageSize);
			const state = await stateOfMask(this.engine, features, square, signal);
			return { state, mask, alternatives: [], said: { box: null, points: [] } };
		}
		const said = add(before?.said ?? { box: null, points: [] }, prompt);
		const decided = await decide(
			this.engine,
			features,
			{
				features: features.f,
				isStill: true,
				points: inSquare(said, size, this.engine.config.imageSize),
				earlier: before?.state.logits ?? null,
			},
			signal,
		);
		const { alternatives, ...state } = withoutHoles(decided, edge, this.fillHoleArea);
		return { state, mask: maskFromLogits(state.logits, square(edge), size), alternatives, said };
	}

	private keep(key: string, state: PromptedState): void {
		this.kept.set(key, state);
		const oldest = this.kept.keys().next();
		if (this.kept.size > KEPT_STATES && oldest.done === false) {
			this.kept.delete(oldest.value);
		}
	}
}

function add(said: PromptedState['said'], prompt: Exclude<Prompt, { kind: 'mask' }>): PromptedState['said'] {
	switch (prompt.kind) {
		case 'box':
			return { ...said, box: { from: { x: prompt.x0, y: prompt.y0 }, to: { x: prompt.x1, y: prompt.y1 } } };
		case 'point':
			return { ...said, points: [...said.points, { at: prompt, isPositive: prompt.isPositive }] };
		case 'stroke': {
			const count = Math.min(STROKE_CLICKS, prompt.points.length);
			const clicks = Array.from({ length: count }, (_, click) => {
				const at = prompt.points[Math.floor(((click + 0.5) * prompt.points.length) / count)]!;
				return { at, isPositive: prompt.isPositive };
			});
			return { ...said, points: [...said.points, ...clicks] };
		}
	}
}

/** Points of the picture in the square, a box first. */
function inSquare(said: PromptedState['said'], size: Size, edge: number): SquarePoints {
	const { box, points } = said;
	const corners = box === null ? [] : [box.from, box.to];
	const coordinates = [...corners, ...points.map(({ at }) => at)].map(({ x, y }) => {
		return { x: (x / size.width) * edge, y: (y / size.height) * edge };
	});
	return {
		coordinates,
		labels: [...corners.map((_, corner) => 2 + corner), ...points.map((p) => (p.isPositive ? 1 : 0))],
	};
}

function promptKey(prompt: Prompt): string {
	return prompt.kind === 'mask' ? `mask ${prompt.mask.counts.join()}` : JSON.stringify(Object.entries(prompt).sort());
}
