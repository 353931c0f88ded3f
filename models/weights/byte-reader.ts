import { StudioError } from '../../preload/common/studio-error.ts';

const latin1 = new TextDecoder('latin1');

/** Reads little-endian numbers and text from bytes, in order; running past the end is a damaged file. */
export class ByteReader {
	position = 0;
	private readonly bytes: Uint8Array;
	private readonly view: DataView;
	private readonly what: string;

	constructor(bytes: Uint8Array, what: string) {
		this.bytes = bytes;
		this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		this.what = what;
	}

	get isAtEnd(): boolean {
		return this.position >= this.bytes.length;
	}

	skip(length: number): number {
		const start = this.position;
		if (!(length >= 0) || start + length > this.bytes.length) {
			throw new StudioError('weights.damaged', { reason: `${this.what} ends too early` });
		}
		this.position += length;
		return start;
	}

	u8(): number {
		return this.view.getUint8(this.skip(1));
	}

	u16(): number {
		return this.view.getUint16(this.skip(2), true);
	}

	u32(): number {
		return this.view.getUint32(this.skip(4), true);
	}

	i32(): number {
		return this.view.getInt32(this.skip(4), true);
	}

	f64BigEndian(): number {
		return this.view.getFloat64(this.skip(8), false);
	}

	/** A 64-bit size; one that JavaScript cannot count is a damaged file. */
	size64(): number {
		const size = Number(this.view.getBigUint64(this.skip(8), true));
		if (!Number.isSafeInteger(size)) {
			throw new StudioError('weights.damaged', { reason: `${this.what} has a size of ${size} bytes` });
		}
		return size;
	}

	take(length: number): Uint8Array {
		const start = this.skip(length);
		return this.bytes.subarray(start, start + length);
	}

	text(length: number): string {
		return latin1.decode(this.take(length));
	}

	utf8(length: number): string {
		return new TextDecoder().decode(this.take(length));
	}

	/** Up to a line break, which is consumed. */
	line(): string {
		const end = this.bytes.indexOf(10, this.position);
		if (end < 0) {
			throw new StudioError('weights.damaged', { reason: `${this.what} ends too early` });
		}
		const text = this.text(end - this.position);
		this.position++;
		return text;
	}
}
