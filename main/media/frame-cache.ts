import { assert } from '../../preload/common/assert.ts';
import type { DecodedFrame } from '../../preload/rpc/decoder.ts';

/**
 * Decoded frames of every source, held as they came from the decoder (a 4:2:0 frame takes half of its RGB), the ones
 * used last. Never over its limit: a frame that does not fit alone is not kept.
 */
export class FrameCache {
	readonly limitBytes: number;
	#heldBytes = 0;
	readonly #frames = new Map<string, DecodedFrame>();

	constructor(limitBytes: number) {
		assert(limitBytes >= 0, `a cache of ${limitBytes} bytes`);
		this.limitBytes = limitBytes;
	}

	get heldBytes(): number {
		return this.#heldBytes;
	}

	get frameCount(): number {
		return this.#frames.size;
	}

	get(sourceKey: string, frameIndex: number): DecodedFrame | undefined {
		const key = `${sourceKey}/${frameIndex}`;
		const frame = this.#frames.get(key);
		if (frame) {
			// A map keeps the order of insertion: what is used goes to its end.
			this.#frames.delete(key);
			this.#frames.set(key, frame);
		}
		return frame;
	}

	has(sourceKey: string, frameIndex: number): boolean {
		return this.#frames.has(`${sourceKey}/${frameIndex}`);
	}

	set(sourceKey: string, frame: DecodedFrame): void {
		const key = `${sourceKey}/${frame.frameIndex}`;
		this.#drop(key);
		if (frame.data.byteLength > this.limitBytes) {
			return;
		}
		this.#heldBytes += frame.data.byteLength;
		this.#frames.set(key, frame);
		for (const oldest of this.#frames.keys()) {
			if (this.#heldBytes <= this.limitBytes) {
				break;
			}
			this.#drop(oldest);
		}
	}

	/** Forgets a closed source. */
	dropSource(sourceKey: string): void {
		for (const key of [...this.#frames.keys()]) {
			if (key.startsWith(`${sourceKey}/`)) {
				this.#drop(key);
			}
		}
	}

	#drop(key: string): void {
		const frame = this.#frames.get(key);
		if (frame) {
			this.#frames.delete(key);
			this.#heldBytes -= frame.data.byteLength;
		}
	}
}
