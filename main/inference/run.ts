import type { Tracker } from '../../models/predict/tracker.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import { maskFromBytes, maskToBytes, promptsFromWire } from './mask-bytes.ts';
import type { TrackBatch, TrackTask } from './protocol.ts';
import type { Turns } from './turns.ts';

/** Results that may wait to be fetched before the run stands still. */
const aheadLimit = 16;

export type RunDeps = {
	tracker: () => Promise<Tracker>;
	turns: Turns;
	/** Time spent in it is not the model's. */
	pictureAt: (frameIndex: number, signal: AbortSignal) => Promise<RgbPicture>;
	signal: AbortSignal;
};

/**
 * A run in the child: takes a turn for each result, so that prompts get in between, and stands still while nobody
 * fetches what it made.
 */
export class Run {
	readonly #task: TrackTask;
	readonly #deps: RunDeps;
	#batch: TrackBatch = { answers: [], frameMillis: [] };
	#hasEnded = false;
	#error: { cause: unknown } | null = null;
	/** Wakes whoever waits: the fetcher for results, the run for room. */
	#wake: (() => void)[] = [];

	constructor(task: TrackTask, deps: RunDeps) {
		this.#task = task;
		this.#deps = deps;
		deps.signal.addEventListener('abort', () => this.#changed(), { once: true });
	}

	/** Runs to the end; errors are kept for `next`. */
	async run(): Promise<void> {
		try {
			await this.#sweep();
		} catch (cause) {
			this.#error = { cause };
		}
		this.#hasEnded = true;
		this.#changed();
	}

	/** What is there, at least one result; empty when the run has ended. */
	async next(): Promise<TrackBatch> {
		while (this.#batch.answers.length === 0 && !this.#hasEnded) {
			this.#deps.signal.throwIfAborted();
			await this.#change();
		}
		if (this.#batch.answers.length === 0 && this.#error !== null) {
			throw this.#error.cause;
		}
		const batch = this.#batch;
		this.#batch = { answers: [], frameMillis: [] };
		this.#changed();
		return batch;
	}

	async #sweep(): Promise<void> {
		const { turns, signal } = this.#deps;
		const tracker = await this.#deps.tracker();
		let waitedMillis = 0;
		const { objects, ...task } = this.#task;
		const results = tracker.track(
			{
				...task,
				objects: objects.map(({ anchors, ...object }) => ({
					...object,
					anchors: anchors.map((anchor) => ({
						frameIndex: anchor.frameIndex,
						mask: maskFromBytes(task, anchor.mask),
						prompts: promptsFromWire(task, anchor.prompts),
					})),
				})),
				pictureAt: async (frameIndex, pictureSignal) => {
					const started = performance.now();
					try {
						return await this.#deps.pictureAt(frameIndex, pictureSignal);
					} finally {
						waitedMillis += performance.now() - started;
					}
				},
			},
			signal,
		);
		let frame = { index: -1, millis: 0 };
		try {
			for (;;) {
				while (this.#batch.answers.length >= aheadLimit) {
					signal.throwIfAborted();
					await this.#change();
				}
				const result = await turns.take({ kind: 'run', modelId: task.modelId }, signal, async () => {
					const started = performance.now();
					waitedMillis = 0;
					const step = await results.next();
					return { step, millis: performance.now() - started - waitedMillis };
				});
				if (result.step.done) {
					break;
				}
				const { mask, ...rest } = result.step.value;
				this.#batch.answers.push({ ...rest, mask: maskToBytes(mask) });
				if (rest.frameIndex === frame.index) {
					frame.millis += result.millis;
				} else {
					this.#closeFrame(frame);
					frame = { index: rest.frameIndex, millis: result.millis };
				}
				this.#changed();
			}
			this.#closeFrame(frame);
		} finally {
			await results.return();
		}
	}

	#closeFrame(frame: { index: number; millis: number }): void {
		if (frame.index >= 0) {
			this.#batch.frameMillis.push(frame.millis);
		}
	}

	#change(): Promise<void> {
		return new Promise((resolve) => this.#wake.push(resolve));
	}

	#changed(): void {
		const wake = this.#wake;
		this.#wake = [];
		for (const resolve of wake) {
			resolve();
		}
	}
}
