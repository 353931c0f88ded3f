import { assert } from '../../preload/common/assert.ts';

/** A packet of the video track, in decode order. */
export type PacketEntry = { timestampSeconds: number; isKey: boolean; isShown: boolean };

/**
 * Frame <-> timestamp <-> packet. Frame n is the n-th shown packet in presentation order. Positions count packets in
 * decode order from 0; a packet that is decoded but not a frame (before the start of presentation) has frame -1.
 */
export class FrameIndex {
	/** Presentation time of every frame, ascending; frame 0 need not be at 0. */
	readonly ptsSeconds: Float64Array;
	/** Position -> frame, -1 for none. */
	readonly frameOfPosition: Int32Array;
	/** Positions of key packets, ascending. */
	readonly keyPositions: Int32Array;
	/** Presentation time of every key packet; may lie before frame 0. */
	readonly keyPtsSeconds: Float64Array;
	/** Presentation end of the last frame. */
	readonly endSeconds: number;
	readonly #positionOfFrame: Int32Array;

	constructor(parts: IndexParts) {
		this.ptsSeconds = parts.ptsSeconds;
		this.frameOfPosition = parts.frameOfPosition;
		this.keyPositions = parts.keyPositions;
		this.keyPtsSeconds = parts.keyPtsSeconds;
		this.endSeconds = parts.endSeconds;
		this.#positionOfFrame = new Int32Array(parts.ptsSeconds.length);
		parts.frameOfPosition.forEach((frameIndex, position) => {
			if (frameIndex >= 0) {
				this.#positionOfFrame[frameIndex] = position;
			}
		});
	}

	get frameCount(): number {
		return this.ptsSeconds.length;
	}

	positionOfFrame(frameIndex: number): number {
		const position = this.#positionOfFrame[frameIndex];
		assert(position !== undefined, `frame ${frameIndex} is outside 0..${this.frameCount - 1}`);
		return position;
	}

	/** The frame on screen at a time: the last that starts at or before it; 0 before the first. */
	frameAtTime(seconds: number): number {
		return Math.max(0, countUpTo(this.ptsSeconds, seconds) - 1);
	}

	/** Index into `keyPositions` of the last key packet at or before a position; 0 where there is none. */
	keyAtPosition(position: number): number {
		return Math.max(0, countUpTo(this.keyPositions, position) - 1);
	}

	/**
	 * Index into `keyPositions` of the key packet from which decoding has to start so that a frame comes out whole.
	 * Frames that are decoded after a key packet but shown before it (open GOP) lean on the GOP before.
	 */
	startKeyOfFrame(frameIndex: number): number {
		const key = this.keyAtPosition(this.positionOfFrame(frameIndex));
		return key > 0 && this.ptsSeconds[frameIndex]! < this.keyPtsSeconds[key]! ? key - 1 : key;
	}

	/** For the store: little-endian, a header of counts, then the arrays as they are. */
	toBytes(): Uint8Array {
		const counts = Int32Array.of(magic, this.frameCount, this.frameOfPosition.length, this.keyPositions.length);
		const floats = [this.ptsSeconds, this.keyPtsSeconds, Float64Array.of(this.endSeconds)];
		const parts = [counts, ...floats, this.frameOfPosition, this.keyPositions];
		const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
		let offset = 0;
		for (const part of parts) {
			bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
			offset += part.byteLength;
		}
		return bytes;
	}

	/** `null` where the bytes are not an index that this version wrote: it is then read from the file again. */
	static fromBytes(bytes: Uint8Array): FrameIndex | null {
		if (bytes.byteLength < 16) {
			return null;
		}
		const { buffer } = bytes.slice();
		const [found, frameCount, packetCount, keyCount] = new Int32Array(buffer, 0, 4);
		if (found !== magic || bytes.byteLength !== 24 + 8 * (frameCount! + keyCount!) + 4 * (packetCount! + keyCount!)) {
			return null;
		}
		let offset = 16;
		const floats = (count: number) => new Float64Array(buffer, (offset += 8 * count) - 8 * count, count);
		const ints = (count: number) => new Int32Array(buffer, (offset += 4 * count) - 4 * count, count);
		return new FrameIndex({
			ptsSeconds: floats(frameCount!),
			keyPtsSeconds: floats(keyCount!),
			endSeconds: floats(1)[0]!,
			frameOfPosition: ints(packetCount!),
			keyPositions: ints(keyCount!),
		});
	}

	/** @param packets in decode order */
	static fromPackets(packets: readonly PacketEntry[], endSeconds: number): FrameIndex {
		const shown = [...packets.keys()].filter((position) => packets[position]!.isShown);
		shown.sort((a, b) => packets[a]!.timestampSeconds - packets[b]!.timestampSeconds || a - b);
		const frameOfPosition = new Int32Array(packets.length).fill(-1);
		shown.forEach((position, frameIndex) => {
			frameOfPosition[position] = frameIndex;
		});
		const keyPositions = Int32Array.from([...packets.keys()].filter((position) => packets[position]!.isKey));
		return new FrameIndex({
			ptsSeconds: Float64Array.from(shown, (position) => packets[position]!.timestampSeconds),
			frameOfPosition,
			keyPositions,
			keyPtsSeconds: Float64Array.from(keyPositions, (position) => packets[position]!.timestampSeconds),
			endSeconds,
		});
	}
}

type IndexParts = Pick<FrameIndex, 'ptsSeconds' | 'frameOfPosition' | 'keyPositions' | 'keyPtsSeconds' | 'endSeconds'>;

/** "MFI1" */
const magic = 0x3149464d;

/** How many of the ascending values are at or under a limit. */
function countUpTo(ascending: ArrayLike<number>, limit: number): number {
	let low = 0;
	let high = ascending.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ascending[middle]! <= limit) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}
