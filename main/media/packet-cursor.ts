import type { EncodedPacket, EncodedPacketSink } from 'mediabunny';
import { assert } from '../../preload/common/assert.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import type { FeedPacket } from '../../preload/rpc/decoder.ts';
import type { FrameIndex } from './frame-index.ts';

/** A packet's data could not be read: from this position on the stream cannot be decoded. */
export class PacketReadError extends Error {
	override name = 'PacketReadError';
	readonly position: number;

	constructor(position: number, cause: unknown) {
		super(`packet ${position} cannot be read`, { cause });
		this.position = position;
	}
}

/** Reads packets with their data in decode order, from any key packet on. Holds one packet. */
export class PacketCursor {
	/** Position of the packet that `read` gives next. */
	nextPosition = -1;
	readonly #index: FrameIndex;
	readonly #sink: EncodedPacketSink;
	readonly #path: string;
	#last: EncodedPacket | null = null;
	/** The frame of the key packet that reading started from. */
	#startFrame = -1;

	constructor(options: { index: FrameIndex; sink: EncodedPacketSink; path: string }) {
		this.#index = options.index;
		this.#sink = options.sink;
		this.#path = options.path;
	}

	/** Goes to a key packet, by its number among them. */
	seek(key: number): void {
		this.nextPosition = this.#index.keyPositions[key]!;
		this.#last = null;
		this.#startFrame = this.#index.frameOfPosition[this.nextPosition]!;
	}

	/**
	 * The next `count` packets; fewer at the end, and fewer after a seek: packets behind a key packet whose frames come
	 * before it (open GOP) lean on what was not read, and decoders give up on them.
	 */
	async read(count: number): Promise<FeedPacket[]> {
		assert(this.nextPosition >= 0, 'seek before the first read');
		const packets: FeedPacket[] = [];
		const end = Math.min(this.nextPosition + count, this.#index.frameOfPosition.length);
		while (this.nextPosition < end) {
			const position = this.nextPosition;
			const packet = await this.#fetch(position);
			this.#last = packet;
			this.nextPosition++;
			const frameIndex = this.#index.frameOfPosition[position]!;
			if (frameIndex < 0 || frameIndex >= this.#startFrame) {
				// A copy: it goes over a channel that may clone the whole buffer behind a view.
				packets.push({ frameIndex, isKey: this.#isKey(position), data: packet.data.slice() });
			}
		}
		return packets;
	}

	async #fetch(position: number): Promise<EncodedPacket> {
		let packet: EncodedPacket | null;
		try {
			packet = this.#last
				? await this.#sink.getNextPacket(this.#last)
				: await this.#sink.getPacket(this.#index.keyPtsSeconds[this.#index.keyAtPosition(position)]!);
		} catch (error) {
			throw new PacketReadError(position, error);
		}
		if (!packet) {
			throw new PacketReadError(position, undefined);
		}
		const frameIndex = this.#index.frameOfPosition[position]!;
		if (frameIndex >= 0 && packet.timestamp !== this.#index.ptsSeconds[frameIndex]) {
			// The index was made from other bytes.
			throw new StudioError('media.changed', { path: this.#path });
		}
		return packet;
	}

	#isKey(position: number): boolean {
		return this.#index.keyPositions[this.#index.keyAtPosition(position)] === position;
	}
}
