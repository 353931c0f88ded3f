import { loadOpenCv } from '../../models/builtin/opencv.ts';
import { interpolate } from '../../models/predict/interpolate.ts';
import type { Tracker, TrackRequest } from '../../models/predict/tracker.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import { maskFromBytes, maskToBytes, promptsFromWire } from './mask-bytes.ts';
import type { TrackAnswer, TrackTask } from './protocol.ts';
import type { Turns } from './turns.ts';

/** Results that may wait to be fetched before the run stands still. */
const aheadLimit = 16;

export type RunDeps = {
	tracker: () => Promise<Tracker>;
	turns: Turns;
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
	#batch: TrackAnswer[] = [];
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
	async next(): Promise<TrackAnswer[]> {
		while (this.#batch.length === 0 && !this.#hasEnded) {
			this.#deps.signal.throwIfAborted();
			await this.#change();
		}
		if (this.#batch.length === 0 && this.#error !== null) {
			throw this.#error.cause;
		}
		const batch = this.#batch;
		this.#batch = [];
		this.#changed();
		return batch;
	}

	async #sweep(): Promise<void> {
		const { turns, signal } = this.#deps;
		const tracker = await this.#deps.tracker();
		const { objects, direction, ...task } = this.#task;
		const request: Omit<TrackRequest, 'direction'> = {
			...task,
			objects: objects.map(({ anchors, ...object }) => ({
				...object,
				anchors: anchors.map((anchor) => ({
					frameIndex: anchor.frameIndex,
					mask: maskFromBytes(task, anchor.mask),
					prompts: promptsFromWire(task, anchor.prompts),
				})),
			})),
			pictureAt: this.#deps.pictureAt,
		};
		const results =
			direction === 'between'
				? interpolate({ cv: await loadOpenCv(), tracker }, request, signal)
				: tracker.track({ ...request, direction }, signal);
		try {
			for (;;) {
				while (this.#batch.length >= aheadLimit) {
					signal.throwIfAborted();
					await this.#change();
				}
				const step = await turns.take({ kind: 'run', modelId: task.modelId }, signal, () => results.next());
				if (step.done) {
					break;
				}
				if (step.value === null) {
					continue;
				}
				const { mask, ...rest } = step.value;
				this.#batch.push({ ...rest, mask: maskToBytes(mask) });
				this.#changed();
			}
		} finally {
			await results.return();
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
