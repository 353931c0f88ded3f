import type { DecodedFrame } from '../../preload/rpc/decoder.ts';
import type { DecoderSession } from './decoder-connection.ts';
import type { FrameIndex } from './frame-index.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** Everything of the decoder's state that a run needs to know, and no more. */
export type Step = { frames: DecodedFrame[]; passed: number[]; failure: string | null };

/**
 * One decoder stream on its way through a file: packets in, frames out, from a key packet on. A source has a few, so
 * that stepping about does not throw a long run back to its key packet.
 */
export class DecodeRun {
	/** For choosing the run that was used longest ago. */
	lastUse = 0;
	/** The last frame that came out, -1 for none. Frames come out in presentation order. */
	lastPassed = -1;
	/** The stream was emptied or failed; only a seek brings it on. */
	isEnded = true;
	readonly #session: DecoderSession;
	readonly #streamId: number;
	readonly #cursor: PacketCursor;
	readonly #index: FrameIndex;
	#isRestart = true;
	/** Of the key packet that it started from. */
	startPosition = 0;

	constructor(options: { session: DecoderSession; streamId: number; cursor: PacketCursor; index: FrameIndex }) {
		this.#session = options.session;
		this.#streamId = options.streamId;
		this.#cursor = options.cursor;
		this.#index = options.index;
	}

	/** Of the packet that is fed next. */
	get nextPosition(): number {
		return this.#cursor.nextPosition;
	}

	seek(key: number): void {
		this.#cursor.seek(key);
		this.startPosition = this.#index.keyPositions[key]!;
		this.lastPassed = -1;
		this.isEnded = false;
		this.#isRestart = true;
	}

	/** Whether a frame comes out whole by going on, with no key packet on the way that would be a short cut. */
	reaches(frameIndex: number, startKey: number): boolean {
		const startPosition = this.#index.keyPositions[startKey]!;
		return (
			!this.isEnded &&
			this.lastPassed < frameIndex &&
			this.startPosition <= startPosition &&
			startPosition <= this.nextPosition + nearPackets
		);
	}

	/**
	 * Feeds up to `count` packets, and empties the decoder at the end of the file or of `limitPosition`, behind which
	 * the file is broken. Frames under `keepFrom` are dropped.
	 */
	async step({
		count,
		keepFrom,
		limitPosition,
	}: {
		count: number;
		keepFrom: number;
		limitPosition: number;
	}): Promise<Step> {
		const packets = await this.#cursor.read(Math.min(count, limitPosition - this.nextPosition));
		const flush = this.nextPosition >= limitPosition;
		const result = await this.#session.feed({
			streamId: this.#streamId,
			restart: this.#isRestart,
			packets,
			keepFrom,
			keepTo: Number.MAX_SAFE_INTEGER,
			flush,
		});
		this.#isRestart = false;
		this.isEnded = flush || result.failure !== null;
		this.lastPassed = Math.max(this.lastPassed, ...result.passed);
		return result;
	}

	close(): void {
		this.#session.closeStream(this.#streamId);
	}
}

/** A key packet that is only this much ahead is reached by going on rather than by a restart. */
const nearPackets = 8;
