import type { DecodedFrame, FeedRequest, FeedResult, StreamConfig } from '../../preload/rpc/decoder.ts';
import type { DecodeStream } from './page.ts';
import { planarFrame } from './planar-frame.ts';

/** Software decoding where there is one: the same pixels on every machine. */
export function webCodecsConfig(config: StreamConfig): VideoDecoderConfig {
	return {
		codec: config.codec,
		codedWidth: config.codedWidth,
		codedHeight: config.codedHeight,
		...(config.description && { description: config.description as Uint8Array<ArrayBuffer> }),
		hardwareAcceleration: /^(avc|vp0?[89]|av01)/.test(config.codec) ? 'prefer-software' : 'no-preference',
	};
}

export class WebCodecsStream implements DecodeStream {
	readonly #decoder: VideoDecoder;
	readonly #config: VideoDecoderConfig;
	#copies: Promise<DecodedFrame>[] = [];
	#passed: number[] = [];
	#failure: string | null = null;
	#keepFrom = 0;
	#keepTo = 0;

	constructor(config: StreamConfig) {
		this.#decoder = new VideoDecoder({
			output: (frame) => this.#take(frame),
			error: (error) => {
				this.#failure = error.message;
			},
		});
		this.#config = webCodecsConfig(config);
		this.#decoder.configure(this.#config);
	}

	async feed({ restart, packets, keepFrom, keepTo, flush }: FeedRequest): Promise<FeedResult> {
		this.#keepFrom = keepFrom;
		this.#keepTo = keepTo;
		try {
			if (restart) {
				this.#decoder.reset();
				this.#decoder.configure(this.#config);
				this.#passed = [];
				this.#copies = [];
			}
			for (const [order, { frameIndex, isKey, data }] of packets.entries()) {
				// The frame number stands where the time would: it comes back unchanged and never rounded.
				const timestamp = frameIndex >= 0 ? frameIndex : -1 - order;
				const type = isKey ? 'key' : 'delta';
				this.#decoder.decode(new EncodedVideoChunk({ type, timestamp, data: data as Uint8Array<ArrayBuffer> }));
			}
			await (flush ? this.#decoder.flush() : this.#drained());
		} catch (error) {
			this.#failure ??= error instanceof Error ? error.message : String(error);
		}
		const passed = this.#passed;
		const copies = this.#copies;
		this.#passed = [];
		this.#copies = [];
		return { frames: await Promise.all(copies), passed, failure: this.#failure };
	}

	close(): void {
		if (this.#decoder.state !== 'closed') {
			this.#decoder.close();
		}
		void Promise.allSettled(this.#copies);
	}

	#take(frame: VideoFrame): void {
		const frameIndex = frame.timestamp;
		if (frameIndex >= 0) {
			this.#passed.push(frameIndex);
		}
		if (frameIndex >= 0 && frameIndex >= this.#keepFrom && frameIndex <= this.#keepTo) {
			this.#copies.push(planarFrame(frame, frameIndex).finally(() => frame.close()));
		} else {
			frame.close();
		}
	}

	/** Until the decoder has taken in what it was given; what it makes of it comes with a later feed. */
	async #drained(): Promise<void> {
		while (this.#decoder.state === 'configured' && this.#decoder.decodeQueueSize > 0) {
			await new Promise((resolve) => this.#decoder.addEventListener('dequeue', resolve, { once: true }));
		}
	}
}
