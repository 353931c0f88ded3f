import { StudioError } from '../../preload/common/studio-error.ts';
import type { DecodedFrame } from '../../preload/rpc/decoder.ts';

type Waiting = {
	promise: Promise<DecodedFrame>;
	resolve: (frame: DecodedFrame) => void;
	reject: (error: unknown) => void;
	/** Aborted when nobody waits any more. */
	controller: AbortController;
	callers: number;
};

/** Callers that wait for frames: those of one frame share one piece of work, which ends when the last gives up. */
export class PictureQueue {
	readonly #waiting = new Map<number, Waiting>();

	get size(): number {
		return this.#waiting.size;
	}

	/** The frame asked for first. */
	first(): { frameIndex: number; signal: AbortSignal } | undefined {
		for (const [frameIndex, { controller }] of this.#waiting) {
			return { frameIndex, signal: controller.signal };
		}
		return undefined;
	}

	/** Waits for a frame; rejects with the signal's reason as soon as it is aborted. */
	async wait(frameIndex: number, signal?: AbortSignal): Promise<DecodedFrame> {
		signal?.throwIfAborted();
		let entry = this.#waiting.get(frameIndex);
		if (!entry) {
			entry = { ...Promise.withResolvers<DecodedFrame>(), controller: new AbortController(), callers: 0 };
			entry.promise.catch(() => {});
			this.#waiting.set(frameIndex, entry);
		}
		const shared = entry;
		shared.callers++;
		if (!signal) {
			return shared.promise;
		}
		const { promise: aborted, reject } = Promise.withResolvers<never>();
		const abort = () => {
			reject(signal.reason);
			if (--shared.callers === 0 && this.#waiting.get(frameIndex) === shared) {
				this.#waiting.delete(frameIndex);
				shared.controller.abort();
			}
		};
		signal.addEventListener('abort', abort, { once: true });
		try {
			return await Promise.race([shared.promise, aborted]);
		} finally {
			signal.removeEventListener('abort', abort);
		}
	}

	resolve(frame: DecodedFrame): void {
		this.#take(frame.frameIndex)?.resolve(frame);
	}

	reject(frameIndex: number, error: unknown): void {
		this.#take(frameIndex)?.reject(error);
	}

	close(): void {
		for (const frameIndex of [...this.#waiting.keys()]) {
			this.reject(frameIndex, new StudioError('request.cancelled'));
		}
	}

	#take(frameIndex: number): Waiting | undefined {
		const entry = this.#waiting.get(frameIndex);
		this.#waiting.delete(frameIndex);
		return entry;
	}
}
