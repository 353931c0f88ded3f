import { assert } from './assert.ts';
import { type Rle } from './rle.ts';

/** Set operations on masks of one size, run by run: their cost is that of the runs, not of the pixels. */

export function uniteRles(first: Rle, second: Rle): Rle {
	return combine(first, second, (isInFirst, isInSecond) => isInFirst || isInSecond);
}

export function intersectRles(first: Rle, second: Rle): Rle {
	return combine(first, second, (isInFirst, isInSecond) => isInFirst && isInSecond);
}

/** The first without the second. */
export function subtractRles(first: Rle, second: Rle): Rle {
	return combine(first, second, (isInFirst, isInSecond) => isInFirst && !isInSecond);
}

/** Intersection over union (the Jaccard index J), 0 to 1; two empty masks are equal, so 1. */
export function rleIou(first: Rle, second: Rle): number {
	let intersection = 0;
	let union = 0;
	walk(first, second, (length, isInFirst, isInSecond) => {
		intersection += isInFirst && isInSecond ? length : 0;
		union += isInFirst || isInSecond ? length : 0;
	});
	return union === 0 ? 1 : intersection / union;
}

function combine(first: Rle, second: Rle, isSet: (isInFirst: boolean, isInSecond: boolean) => boolean): Rle {
	const counts: number[] = [];
	let run = 0;
	let isRunSet = false;
	walk(first, second, (length, isInFirst, isInSecond) => {
		if (isSet(isInFirst, isInSecond) !== isRunSet) {
			counts.push(run);
			run = 0;
			isRunSet = !isRunSet;
		}
		run += length;
	});
	counts.push(run);
	return { width: first.width, height: first.height, counts: Uint32Array.from(counts) };
}

/** Visits the stretches over which neither mask changes, in column-major order. */
function walk(first: Rle, second: Rle, visit: (length: number, isInFirst: boolean, isInSecond: boolean) => void): void {
	assert(
		first.width === second.width && first.height === second.height,
		`masks of ${first.width}x${first.height} and ${second.width}x${second.height}`,
	);
	let indexInFirst = 0;
	let indexInSecond = 0;
	let leftInFirst = first.counts[0] ?? 0;
	let leftInSecond = second.counts[0] ?? 0;
	for (;;) {
		while (leftInFirst === 0 && indexInFirst + 1 < first.counts.length) {
			leftInFirst = first.counts[++indexInFirst]!;
		}
		while (leftInSecond === 0 && indexInSecond + 1 < second.counts.length) {
			leftInSecond = second.counts[++indexInSecond]!;
		}
		const length = Math.min(leftInFirst, leftInSecond);
		if (length === 0) {
			return;
		}
		visit(length, indexInFirst % 2 === 1, indexInSecond % 2 === 1);
		leftInFirst -= length;
		leftInSecond -= length;
	}
}
