/**
 * H.264 decoders hold frames back until they may be shown in order. How many, an SPS may say (VUI bitstream
 * restriction); where it does not, Chromium's decoder starts with none and loses a frame when it finds that it was
 * wrong. So the most that the level allows is written in; a stream that needs less only comes out some frames later.
 *
 * @param avcc AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1)
 * @returns the same record where nothing is to be added or it is not understood
 */
export function withReorderDepth(avcc: Uint8Array): Uint8Array {
	try {
		const parts: Uint8Array[] = [avcc.subarray(0, 6)];
		let at = 6;
		for (let count = avcc[5]! & 31; count > 0; count--) {
			const sizeBytes = (avcc[at]! << 8) | avcc[at + 1]!;
			const sps = spsWithReorderDepth(avcc.subarray(at + 2, at + 2 + sizeBytes));
			parts.push(Uint8Array.of(sps.length >> 8, sps.length & 255), sps);
			at += 2 + sizeBytes;
		}
		return Uint8Array.from(Buffer.concat([...parts, avcc.subarray(at)]));
	} catch {
		// The decoder will say what is wrong with it.
		return avcc;
	}
}

function spsWithReorderDepth(sps: Uint8Array): Uint8Array {
	const bits = new BitReader(withoutEmulation(sps));
	const { mayReorder, frameMacroblocks, level } = readToVui(bits);
	if (!mayReorder) {
		return sps;
	}
	let hasVui = false;
	const start = bits.position;
	if (bits.read(1) === 1) {
		hasVui = true;
		if (readVuiToRestriction(bits) === 1) {
			return sps;
		}
	}
	const depth = Math.min(16, Math.floor((dpbMacroblocks[level] ?? Infinity) / frameMacroblocks));
	const writer = new BitWriter();
	writer.copy(bits.bytes, hasVui ? bits.position - 1 : start);
	if (!hasVui) {
		// vui_parameters_present, then none of: aspect ratio, overscan, signal type, chroma place, timing, NAL and VCL
		// HRD, picture structure.
		writer.write(0b1_0000_0000, 9);
	}
	// bitstream_restriction, motion_vectors_over_pic_boundaries, then denominators and vector lengths at their defaults.
	writer.write(0b11, 2);
	[2, 1, 15, 15, depth, depth].forEach((value) => writer.writeUnsigned(value));
	return withEmulation(writer.finish());
}

/** MaxDpbMbs by level_idc (ITU-T H.264, table A-1). */
// prettier-ignore
const dpbMacroblocks: { [level: number]: number } = {
	9: 396, 10: 396, 11: 900, 12: 2376, 13: 2376, 20: 2376, 21: 4752, 22: 8100, 30: 8100, 31: 18000, 32: 20480,
	40: 32768, 41: 32768, 42: 34816, 50: 110400, 51: 184320, 52: 184320, 60: 696320, 61: 696320, 62: 696320,
};

/** seq_parameter_set_data (7.3.2.1.1) up to vui_parameters_present_flag. */
function readToVui(bits: BitReader): { mayReorder: boolean; frameMacroblocks: number; level: number } {
	bits.read(8);
	const profile = bits.read(8);
	bits.read(8);
	const level = bits.read(8);
	bits.readUnsigned();
	if (highProfiles.has(profile)) {
		const chromaFormat = bits.readUnsigned();
		if (chromaFormat === 3) {
			bits.read(1);
		}
		bits.readUnsigned();
		bits.readUnsigned();
		bits.read(1);
		if (bits.read(1) === 1) {
			for (let list = 0; list < (chromaFormat === 3 ? 12 : 8); list++) {
				if (bits.read(1) === 1) {
					skipScalingList(bits, list < 6 ? 16 : 64);
				}
			}
		}
	}
	bits.readUnsigned();
	const orderType = bits.readUnsigned();
	if (orderType === 0) {
		bits.readUnsigned();
	} else if (orderType === 1) {
		bits.read(1);
		bits.readSigned();
		bits.readSigned();
		for (let count = bits.readUnsigned(); count > 0; count--) {
			bits.readSigned();
		}
	}
	bits.readUnsigned();
	bits.read(1);
	const columns = bits.readUnsigned() + 1;
	const mapRows = bits.readUnsigned() + 1;
	const isFramesOnly = bits.read(1) === 1;
	if (!isFramesOnly) {
		bits.read(1);
	}
	bits.read(1);
	if (bits.read(1) === 1) {
		[0, 1, 2, 3].forEach(() => bits.readUnsigned());
	}
	// Baseline has no B pictures, and order type 2 is decode order by definition.
	const mayReorder = profile !== 66 && orderType !== 2;
	return { mayReorder, frameMacroblocks: columns * mapRows * (isFramesOnly ? 1 : 2), level };
}

const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

function skipScalingList(bits: BitReader, size: number): void {
	let last = 8;
	let next = 8;
	for (let i = 0; i < size; i++) {
		if (next !== 0) {
			next = (last + bits.readSigned() + 256) % 256;
		}
		last = next === 0 ? last : next;
	}
}

/** vui_parameters (E.1.1) up to and with bitstream_restriction_flag, which is returned. */
function readVuiToRestriction(bits: BitReader): number {
	if (bits.read(1) === 1 && bits.read(8) === 255) {
		bits.read(32);
	}
	if (bits.read(1) === 1) {
		bits.read(1);
	}
	if (bits.read(1) === 1) {
		bits.read(4);
		if (bits.read(1) === 1) {
			bits.read(24);
		}
	}
	if (bits.read(1) === 1) {
		bits.readUnsigned();
		bits.readUnsigned();
	}
	if (bits.read(1) === 1) {
		bits.read(32);
		bits.read(32);
		bits.read(1);
	}
	const hasNalHrd = skipHrd(bits);
	const hasVclHrd = skipHrd(bits);
	if (hasNalHrd || hasVclHrd) {
		bits.read(1);
	}
	bits.read(1);
	return bits.read(1);
}

function skipHrd(bits: BitReader): boolean {
	if (bits.read(1) === 0) {
		return false;
	}
	const count = bits.readUnsigned() + 1;
	bits.read(8);
	for (let i = 0; i < count; i++) {
		bits.readUnsigned();
		bits.readUnsigned();
		bits.read(1);
	}
	bits.read(20);
	return true;
}

class BitReader {
	readonly bytes: Uint8Array;
	position = 0;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}

	read(count: number): number {
		let value = 0;
		for (let i = 0; i < count; i++, this.position++) {
			const byte = this.bytes[this.position >> 3];
			if (byte === undefined) {
				throw new RangeError('the SPS ends early');
			}
			value = value * 2 + ((byte >> (7 - (this.position & 7))) & 1);
		}
		return value;
	}

	/** ue(v), 9.1 */
	readUnsigned(): number {
		let zeros = 0;
		while (this.read(1) === 0) {
			zeros++;
		}
		return 2 ** zeros - 1 + this.read(zeros);
	}

	/** se(v), 9.1.1 */
	readSigned(): number {
		const code = this.readUnsigned();
		return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
	}
}

class BitWriter {
	readonly #bits: number[] = [];

	copy(bytes: Uint8Array, bitCount: number): void {
		const reader = new BitReader(bytes);
		for (let i = 0; i < bitCount; i++) {
			this.#bits.push(reader.read(1));
		}
	}

	write(value: number, count: number): void {
		for (let shift = count - 1; shift >= 0; shift--) {
			this.#bits.push((value >> shift) & 1);
		}
	}

	writeUnsigned(value: number): void {
		const length = 32 - Math.clz32(value + 1);
		this.write(0, length - 1);
		this.write(value + 1, length);
	}

	/** With the stop bit. */
	finish(): Uint8Array {
		this.#bits.push(1);
		const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
		this.#bits.forEach((bit, i) => {
			bytes[i >> 3]! |= bit << (7 - (i & 7));
		});
		return bytes;
	}
}

/** Emulation prevention, 7.4.1: after two zeros a 3 stands before any byte under 4. */
function withoutEmulation(nalUnit: Uint8Array): Uint8Array {
	return nalUnit.filter((byte, i) => !(i >= 2 && byte === 3 && nalUnit[i - 1] === 0 && nalUnit[i - 2] === 0));
}

function withEmulation(payload: Uint8Array): Uint8Array {
	const bytes: number[] = [];
	let zeros = 0;
	for (const byte of payload) {
		if (zeros >= 2 && byte <= 3) {
			bytes.push(3);
			zeros = 0;
		}
		bytes.push(byte);
		zeros = byte === 0 ? zeros + 1 : 0;
	}
	return Uint8Array.from(bytes);
}
