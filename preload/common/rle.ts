import { assert } from './assert.ts';
import type { Mask } from './picture.ts';
import { StudioError } from './studio-error.ts';

/**
 * Run-length encoded binary mask, COCO's form: column-major, alternating runs that start with background.
 * The counts sum to `width * height`; only the first may be 0.
 */
export type Rle = { width: number; height: number; counts: Uint32Array };

/** The mask with no pixel set. */
export function emptyRle(size: { width: number; height: number }): Rle {
	return { width: size.width, height: size.height, counts: Uint32Array.of(size.width * size.height) };
}

/**
 * Encodes a row-major mask (0 or non-zero).
 *
 * Rows are compared with the row above, in the order of memory and four pixels at a time; only where a pixel differs is
 * there work. The changes of a column come in order, so a counting sort by column puts all of them in COCO's order.
 */
export function encodeRle(mask: Mask): Rle {
	const { width, height, data } = mask;
	assert(data.length === width * height, `mask of ${width}x${height} holds ${data.length} bytes`);
	if (data.length === 0) {
		return { width, height, counts: Uint32Array.of(0) };
	}
	const { bytes, stride } = inWords(mask);
	const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
	const wordStride = stride / 4;
	// Row and column of each pixel that differs from the one before it in COCO's order.
	const changes: number[] = [];
	const changesBefore = new Uint32Array(width + 1);
	const lastRow = (height - 1) * stride;
	for (let column = 0; column < width; column++) {
		const isSetBefore = column > 0 && bytes[lastRow + column - 1] !== 0;
		if ((bytes[column] !== 0) !== isSetBefore) {
			changes.push(column);
			changesBefore[column + 1]!++;
		}
	}
	for (let row = 1; row < height; row++) {
		const first = row * wordStride;
		for (let word = first; word < first + wordStride; word++) {
			if (words[word] === words[word - wordStride]) {
				continue;
			}
			for (let at = word * 4; at < word * 4 + 4; at++) {
				const here = bytes[at]!;
				const above = bytes[at - stride]!;
				if (here !== above && (here === 0 || above === 0)) {
					const column = at - row * stride;
					changes.push(row * width + column);
					changesBefore[column + 1]!++;
				}
			}
		}
	}
	for (let column = 0; column < width; column++) {
		changesBefore[column + 1]! += changesBefore[column]!;
	}
	const positions = new Uint32Array(changes.length + 1);
	for (const at of changes) {
		const row = Math.floor(at / width);
		const column = at - row * width;
		positions[changesBefore[column]!++] = column * height + row;
	}
	positions[changes.length] = data.length;
	// In place, from the back: positions to the runs between them.
	for (let index = changes.length; index > 0; index--) {
		positions[index]! -= positions[index - 1]!;
	}
	return { width, height, counts: positions };
}

/** The mask with rows of whole 32-bit words; as it is where it has them, else copied with columns of 0 added. */
function inWords({ width, height, data }: Mask): { bytes: Uint8Array; stride: number } {
	if (width % 4 === 0 && data.byteOffset % 4 === 0) {
		return { bytes: data, stride: width };
	}
	const stride = (width + 3) & ~3;
	const bytes = new Uint8Array(stride * height);
	for (let row = 0; row < height; row++) {
		bytes.set(data.subarray(row * width, (row + 1) * width), row * stride);
	}
	return { bytes, stride };
}

/** Decodes to a row-major mask of 0 and 1. */
export function decodeRle(rle: Rle): Mask {
	const { width, height, counts } = rle;
	const data = new Uint8Array(width * height);
	let position = 0;
	for (let index = 0; index < counts.length; index++) {
		let left = counts[index]!;
		if (index % 2 === 0 || left === 0) {
			position += left;
			continue;
		}
		assert(position + left <= data.length, `RLE of ${width}x${height} covers more than its pixels`);
		let column = Math.floor(position / height);
		let row = position - column * height;
		position += left;
		while (left > 0) {
			const length = Math.min(left, height - row);
			const first = row * width + column;
			const end = first + length * width;
			for (let at = first; at < end; at += width) {
				data[at] = 1;
			}
			left -= length;
			row = 0;
			column++;
		}
	}
	assert(position === data.length, `RLE of ${width}x${height} covers ${position} pixels`);
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
	return textOf(rleToBytes(rle));
}

/** The bytes of the compressed string; what the project store keeps of a mask. */
export function rleToBytes(rle: Rle): Uint8Array {
	const { counts } = rle;
	// A 32-bit delta takes at most 7 groups.
	const bytes = new Uint8Array(counts.length * 7);
	let length = 0;
	for (let index = 0; index < counts.length; index++) {
		let value = index > 2 ? counts[index]! - counts[index - 2]! : counts[index]!;
		for (;;) {
			const group = value & 0x1f;
			value >>= 5;
			if (value === (group & 0x10 ? -1 : 0)) {
				bytes[length++] = group + 48;
				break;
			}
			bytes[length++] = (group | 0x20) + 48;
		}
	}
	return bytes.slice(0, length);
}

/** The compressed bytes as the text of a JSON file. */
export function textOf(bytes: Uint8Array): string {
	return ascii.decode(bytes);
}

const ascii = new TextDecoder('latin1');

/** @throws mask.malformed as `rleFromBytes` */
export function rleFromString(size: { width: number; height: number }, text: string): Rle {
	const bytes = new Uint8Array(text.length);
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		// 0 is outside the alphabet, too.
		bytes[index] = code < 128 ? code : 0;
	}
	return rleFromBytes(size, bytes);
}

/**
 * Reads the compressed bytes and checks them: the alphabet, whole groups, no negative run, and runs that fill the size
 * exactly. Runs of length 0 after the first, which some writers make, are merged away.
 *
 * @throws mask.malformed
 */
export function rleFromBytes(size: { width: number; height: number }, bytes: Uint8Array): Rle {
	const pixelCount = size.width * size.height;
	const counts = new Uint32Array(bytes.length);
	let length = 0;
	let sum = 0;
	let hasEmptyRun = false;
	for (let at = 0; at < bytes.length;) {
		let value = 0;
		let shift = 0;
		let group: number;
		do {
			group = (bytes[at] ?? 0) - 48;
			if (group < 0 || group > 0x3f) {
				throw malformed(at < bytes.length ? `byte ${at} is no part of the code` : 'its last run is cut off');
			}
			if (shift > 30) {
				throw malformed(`the run that ends at byte ${at} is longer than any picture`);
			}
			value |= (group & 0x1f) << shift;
			shift += 5;
			at++;
		} while (group & 0x20);
		if (group & 0x10 && shift < 32) {
			value |= -1 << shift;
		}
		if (length > 2) {
			value += counts[length - 2]!;
		}
		if (value < 0) {
			throw malformed(`run ${length} has the length ${value}`);
		}
		hasEmptyRun ||= value === 0 && length > 0;
		sum += value;
		if (sum > pixelCount) {
			throw malformed(`its runs cover more than the ${pixelCount} pixels of ${size.width}x${size.height}`);
		}
		counts[length++] = value;
	}
	return checkedRle(size, counts.slice(0, length), hasEmptyRun);
}

/**
 * Takes uncompressed counts, as JSON files have them.
 *
 * @throws mask.malformed
 */
export function rleFromCounts(size: { width: number; height: number }, runs: readonly number[]): Rle {
	const invalid = runs.findIndex((run) => !Number.isInteger(run) || run < 0 || run > 0xffffffff);
	if (invalid >= 0) {
		throw malformed(`run ${invalid} has the length ${runs[invalid]}`);
	}
	return checkedRle(size, Uint32Array.from(runs), true);
}

function checkedRle(
	size: { width: number; height: number },
	counts: Uint32Array<ArrayBuffer>,
	hasEmptyRun: boolean,
): Rle {
	let sum = 0;
	for (const run of counts) {
		sum += run;
	}
	const pixelCount = size.width * size.height;
	if (sum !== pixelCount) {
		throw malformed(`its runs cover ${sum} of the ${pixelCount} pixels of ${size.width}x${size.height}`);
	}
	return { width: size.width, height: size.height, counts: hasEmptyRun ? withoutEmptyRuns(counts) : counts };
}

/** The same mask in its one canonical form: only the first run may be empty. */
function withoutEmptyRuns(counts: Uint32Array): Uint32Array {
	const kept: number[] = [counts[0] ?? 0];
	for (let index = 1; index < counts.length; index++) {
		const run = counts[index]!;
		if (run === 0) {
			continue;
		}
		// Runs of equal colour have indexes of equal parity.
		if ((kept.length - 1) % 2 === index % 2) {
			kept[kept.length - 1]! += run;
		} else {
			kept.push(run);
		}
	}
	return Uint32Array.from(kept);
}

function malformed(reason: string): StudioError {
	return new StudioError('mask.malformed', { reason });
}
