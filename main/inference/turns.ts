/** Who goes first when several wait: the lower number. */
export const turnOrder = { click: 0, preview: 1, run: 2, prepare: 3 } as const;
export type TurnKind = keyof typeof turnOrder;

export type Turn = { kind: TurnKind; modelId: string };

type Waiting = { order: number; start: () => void };

/**
 * Work in turns, one step at a time: whoever has the lowest order goes next, the first come among equals. A step is one
 * prompt, one frame of a run, one prepared picture; never interrupted, as models block their thread anyway.
 */
export class Turns {
	#isBusy = false;
	readonly #waiting: Waiting[] = [];
	readonly #onStep: (modelId: string) => void;

	/** `onStep` is told which model each step is of, before it starts. */
	constructor(onStep: (modelId: string) => void) {
		this.#onStep = onStep;
	}

	/** Waits for a turn, does the step, and passes on. An aborted wait leaves the queue and throws. */
	async take<T>(turn: Turn, signal: AbortSignal, step: () => Promise<T>): Promise<T> {
		signal.throwIfAborted();
		if (this.#isBusy) {
			await this.#queue(turnOrder[turn.kind], signal);
		}
		this.#isBusy = true;
		try {
			this.#onStep(turn.modelId);
			return await step();
		} finally {
			this.#isBusy = false;
			this.#waiting.shift()?.start();
		}
	}

	#queue(order: number, signal: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			const leave = () => {
				this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
				reject(signal.reason);
			};
			const waiting: Waiting = {
				order,
				start: () => {
					signal.removeEventListener('abort', leave);
					// Taken before anyone who asks until the promise's continuation runs.
					this.#isBusy = true;
					resolve();
				},
			};
			signal.addEventListener('abort', leave, { once: true });
			const after = this.#waiting.findIndex((other) => other.order > order);
			this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, waiting);
		});
	}
}
