import { StudioError } from '../../preload/common/studio-error.ts';

/** How a file holds a tensor's numbers. */
export type NumberType = 'float32' | 'float16' | 'bfloat16' | 'float64';

export const bytesEach: Record<NumberType, number> = { float32: 4, float16: 2, bfloat16: 2, float64: 8 };

/** Numbers of a file, little-endian, as float32. */
export function toFloat32(bytes: Uint8Array, type: NumberType): Float32Array {
	const count = bytes.length / bytesEach[type];
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	switch (type) {
		case 'float32': {
			// Every processor that this runs on is little-endian.
			const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
			return new Float32Array(aligned.buffer, aligned.byteOffset, count);
		}
		case 'float64':
			return Float32Array.from({ length: count }, (_, index) => view.getFloat64(index * 8, true));
		case 'bfloat16': {
			const bits = Uint32Array.from({ length: count }, (_, index) => view.getUint16(index * 2, true) << 16);
			return new Float32Array(bits.buffer);
		}
		case 'float16':
			return Float32Array.from({ length: count }, (_, index) => halfToNumber(view.getUint16(index * 2, true)));
	}
}

/** The largest number of elements that a shape of a file may have; beyond it products are not exact. */
export function elementCount(shape: readonly number[], key: string): number {
	const count = shape.reduce((product, size) => product * size, 1);
	if (!Number.isSafeInteger(count)) {
		throw new StudioError('weights.damaged', { reason: `${key} has the shape ${shape.join(' x ')}` });
	}
	return count;
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >> 10) & 0x1f;
	const fraction = bits & 0x3ff;
	if (exponent === 0) {
		return sign * fraction * 2 ** -24;
	}
	if (exponent === 0x1f) {
		return fraction === 0 ? sign * Infinity : NaN;
	}
	return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
