import type { RgbPicture } from '../../preload/common/picture.ts';
import type { Prompt } from '../../preload/common/prompt.ts';
import { nothingSaid, say, type PromptState, type PromptTools } from './prompt.ts';

/** States that are remembered: one more click on a frame then costs one step, not all of them again. */
const rememberedStates = 12;

/** Replays prompts one at a time; what was replayed before is looked up. */
export class Replay {
	readonly #tools: PromptTools;
	readonly #states = new Map<string, PromptState>();

	constructor(tools: PromptTools) {
		this.#tools = tools;
	}

	async run(
		picture: RgbPicture,
		pictureKey: string,
		prompts: readonly Prompt[],
		signal: AbortSignal,
	): Promise<PromptState> {
		const keys: string[] = [];
		let key = `${pictureKey} ${picture.width}x${picture.height}`;
		for (const prompt of prompts) {
			key += ` ${promptKey(prompt)}`;
			keys.push(key);
		}
		let done = keys.findLastIndex((known) => this.#states.has(known));
		let state = done < 0 ? nothingSaid : this.#states.get(keys[done]!)!;
		while (++done < prompts.length) {
			state = await say(this.#tools, picture, state, prompts[done]!, signal);
			this.#remember(keys[done]!, state);
		}
		return state;
	}

	#remember(key: string, state: PromptState): void {
		this.#states.set(key, state);
		for (const oldest of this.#states.keys()) {
			if (this.#states.size <= rememberedStates) {
				break;
			}
			this.#states.delete(oldest);
		}
	}
}

function promptKey(prompt: Prompt): string {
	return prompt.kind === 'mask'
		? `mask ${prompt.origin} ${prompt.mask.counts.join(',')}`
		: JSON.stringify(Object.entries(prompt).sort());
}
