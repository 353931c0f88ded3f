import { assert } from './assert.ts';
import type { Mask } from './picture.ts';

/**
 * Run-length encoded binary mask, COCO's form: column-major, alternating runs that start with background.
 * The counts sum to `width * height`; only the first may be 0.
 */
export type Rle = { width: number; height: number; counts: Uint32Array };

/** The mask with no pixel set. */
export function emptyRle(size: { width: number; height: number }): Rle {
	return { width: size.width, height: size.height, counts: Uint32Array.of(size.width * size.height) };
}

/** Encodes a row-major mask (0 or non-zero). */
export function encodeRle(mask: Mask): Rle {
	const { width, height, data } = mask;
	assert(data.length === width * height, `mask of ${width}x${height} holds ${data.length} bytes`);
	const counts: number[] = [];
	let isSet = false;
	let run = 0;
	for (let column = 0; column < width; column++) {
		for (let row = 0, at = column; row < height; row++, at += width) {
			if ((data[at] !== 0) !== isSet) {
				counts.push(run);
				run = 0;
				isSet = !isSet;
			}
			run++;
		}
	}
	counts.push(run);
	return { width, height, counts: Uint32Array.from(counts) };
}

/** Decodes to a row-major mask of 0 and 1. */
export function decodeRle(rle: Rle): Mask {
	const { width, height, counts } = rle;
	const data = new Uint8Array(width * height);
	let position = 0;
	for (let index = 0; index < counts.length; index++) {
		const end = position + counts[index]!;
		if (index % 2 === 1) {
			let column = Math.floor(position / height);
			let row = position - column * height;
			for (; position < end; position++) {
				data[row * width + column] = 1;
				if (++row === height) {
					row = 0;
					column++;
				}
			}
		}
		position = end;
	}
	assert(position === width * height, `RLE of ${width}x${height} covers ${position} pixels`);
	return { width, height, data };
}

/** Number of pixels set. */
export function rleArea(rle: Rle): number {
	let area = 0;
	for (let index = 1; index < rle.counts.length; index += 2) {
		area += rle.counts[index]!;
	}
	return area;
}

/** Bounding box as COCO has it: [x, y, width, height] in whole pixels; all 0 for an empty mask. */
export function rleBounds(rle: Rle): [number, number, number, number] {
	const { height, counts } = rle;
	let x0 = Infinity;
	let x1 = -1;
	let y0 = height;
	let y1 = -1;
	let position = 0;
	for (let index = 0; index < counts.length; index++) {
		const run = counts[index]!;
		if (index % 2 === 1 && run > 0) {
			const last = position + run - 1;
			const firstColumn = Math.floor(position / height);
			const lastColumn = Math.floor(last / height);
			x0 = Math.min(x0, firstColumn);
			x1 = Math.max(x1, lastColumn);
			y0 = firstColumn === lastColumn ? Math.min(y0, position % height) : 0;
			y1 = firstColumn === lastColumn ? Math.max(y1, last % height) : height - 1;
		}
		position += run;
	}
	return x1 < 0 ? [0, 0, 0, 0] : [x0, y0, x1 - x0 + 1, y1 - y0 + 1];
}

/** COCO's compressed string of the counts: 5-bit groups, deltas from the fourth count on, each byte + 48. */
export function rleToString(rle: Rle): string {
	return new TextDecoder('latin1').decode(rleToBytes(rle));
}

/** The bytes of the compressed string; what the project store keeps of a mask. */
export function rleToBytes(rle: Rle): Uint8Array {
	const { counts } = rle;
	const bytes: number[] = [];
	for (let index = 0; index < counts.length; index++) {
		let value = counts[index]!;
		if (index > 2) {
			value -= counts[index - 2]!;
		}
		for (;;) {
			const group = value & 0x1f;
			value >>= 5;
			const isLast = group & 0x10 ? value === -1 : value === 0;
			bytes.push((isLast ? group : group | 0x20) + 48);
			if (isLast) {
				break;
			}
		}
	}
	return Uint8Array.from(bytes);
}

export function rleFromString(size: { width: number; height: number }, text: string): Rle {
	const bytes = new Uint8Array(text.length);
	for (let index = 0; index < text.length; index++) {
		bytes[index] = text.charCodeAt(index);
	}
	return rleFromBytes(size, bytes);
}

export function rleFromBytes(size: { width: number; height: number }, bytes: Uint8Array): Rle {
	const counts: number[] = [];
	let at = 0;
	while (at < bytes.length) {
		let value = 0;
		let shift = 0;
		let group: number;
		do {
			group = bytes[at++]! - 48;
			value |= (group & 0x1f) << shift;
			shift += 5;
		} while (group & 0x20 && at < bytes.length);
		if (group & 0x10 && shift < 32) {
			value |= -1 << shift;
		}
		if (counts.length > 2) {
			value += counts[counts.length - 2]!;
		}
		counts.push(value);
	}
	return { width: size.width, height: size.height, counts: Uint32Array.from(counts) };
}
