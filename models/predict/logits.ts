import type { Mask } from '../../preload/common/picture.ts';

type Size = { width: number; height: number };

/** Mask logits of an absent object. */
export const ABSENT_LOGIT = -1024;
const STABILITY_OFFSET = 0.05;

export function square(edge: number): Size {
	return { width: edge, height: edge };
}

/**
 * Logits stretched to a picture (bilinear, pixel centres aligned at the half) and cut at 0. Between two logits of one sign
 * there is nothing to compute.
 */
export function maskFromLogits(logits: Float32Array, from: Size, size: Size): Mask {
	const { width, height } = size;
	const data = new Uint8Array(width * height);
	const columns = bilinearTaps(from.width, width);
	const rows = bilinearTaps(from.height, height);
	const ends = endsOf(columns.low, from.width);
	const blended = new Float32Array(from.width);
	for (let row = 0, start = 0; row < height; row++, start += width) {
		const upper = rows.low[row]! * from.width;
		const lower = rows.high[row]! * from.width;
		const weight = rows.weight[row]!;
		for (let column = 0; column < from.width; column++) {
			blended[column] = logits[upper + column]! * (1 - weight) + logits[lower + column]! * weight;
		}
		let left = blended[0]!;
		for (let low = 0, column = 0; low < from.width; low++) {
			const right = low + 1 < from.width ? blended[low + 1]! : left;
			const end = ends[low]!;
			if (left > 0 || right > 0) {
				const isInside = left > 0 && right > 0;
				for (; column < end; column++) {
					const share = columns.weight[column]!;
					data[start + column] = isInside || left * (1 - share) + right * share > 0 ? 1 : 0;
				}
			}
			column = end;
			left = right;
		}
	}
	return { width, height, data };
}

/** The output after the last one that lies between each input and the next. */
function endsOf(low: Int32Array, inputs: number): Int32Array {
	const ends = new Int32Array(inputs);
	low.forEach((input, output) => (ends[input] = output + 1));
	for (let input = 1; input < inputs; input++) {
		ends[input] = Math.max(ends[input]!, ends[input - 1]!);
	}
	return ends;
}

type BilinearTaps = { low: Int32Array; high: Int32Array; weight: Float32Array };

function bilinearTaps(inputs: number, outputs: number): BilinearTaps {
	const taps = { low: new Int32Array(outputs), high: new Int32Array(outputs), weight: new Float32Array(outputs) };
	for (let output = 0; output < outputs; output++) {
		const source = Math.max(0, (output + 0.5) * Math.fround(inputs / outputs) - 0.5);
		const low = Math.min(inputs - 1, Math.floor(source));
		taps.low[output] = low;
		taps.high[output] = Math.min(inputs - 1, low + 1);
		taps.weight[output] = source - low;
	}
	return taps;
}

/** A plane resized with the triangle filter, antialiased where it shrinks. */
export function resizePlane(plane: Size & { data: Float32Array }, size: Size): Float32Array {
	const columns = triangleTaps(plane.width, size.width);
	const rows = triangleTaps(plane.height, size.height);
	const wide = new Float32Array(size.width * plane.height);
	for (let row = 0; row < plane.height; row++) {
		for (let column = 0; column < size.width; column++) {
			const { start, weights } = columns[column]!;
			let sum = 0;
			weights.forEach((weight, tap) => (sum += weight * plane.data[row * plane.width + start + tap]!));
			wide[row * size.width + column] = sum;
		}
	}
	const result = new Float32Array(size.width * size.height);
	for (let row = 0; row < size.height; row++) {
		const { start, weights } = rows[row]!;
		for (let column = 0; column < size.width; column++) {
			let sum = 0;
			weights.forEach((weight, tap) => (sum += weight * wide[(start + tap) * size.width + column]!));
			result[row * size.width + column] = sum;
		}
	}
	return result;
}

function triangleTaps(inputs: number, outputs: number): { start: number; weights: Float32Array }[] {
	const scale = inputs / outputs;
	const support = Math.max(scale, 1);
	return Array.from({ length: outputs }, (_, output) => {
		const centre = scale * (output + 0.5);
		const start = Math.max(0, Math.trunc(centre - support + 0.5));
		const count = Math.min(inputs, Math.trunc(centre + support + 0.5)) - start;
		const weights = Float32Array.from({ length: count }, (_, tap) => {
			return Math.max(0, 1 - Math.abs((tap + start - centre + 0.5) / support));
		});
		const sum = weights.reduce((total, weight) => total + weight, 0);
		return { start, weights: weights.map((weight) => weight / sum) };
	});
}

/** A mask in the square, 0 and 1. */
export function maskInSquare(mask: Mask, edge: number): Float32Array {
	const data = Float32Array.from(mask.data, (value) => (value === 0 ? 0 : 1));
	if (mask.width === edge && mask.height === edge) {
		return data;
	}
	const resized = resizePlane({ ...mask, data }, { width: edge, height: edge });
	return resized.map((value) => (value >= 0.5 ? 1 : 0));
}

/** IoU of the masks cut a little above and a little below 0; 1 for one that is empty both ways. */
export function stability(logits: Float32Array): number {
	let inner = 0;
	let outer = 0;
	for (const value of logits) {
		inner += value > STABILITY_OFFSET ? 1 : 0;
		outer += value > -STABILITY_OFFSET ? 1 : 0;
	}
	return outer === 0 ? 1 : inner / outer;
}

/** Raises holes (eight-connected background) of at most `maxArea` pixels to a small positive logit. */
export function fillHoles(logits: Float32Array, edge: number, maxArea: number): Float32Array {
	const result = Float32Array.from(logits);
	const isSeen = new Uint8Array(logits.length);
	const stack: number[] = [];
	for (let seed = 0; seed < logits.length; seed++) {
		if (isSeen[seed] === 1 || logits[seed]! > 0) {
			continue;
		}
		const region: number[] = [];
		isSeen[seed] = 1;
		stack.push(seed);
		let area = 0;
		for (let pixel = stack.pop(); pixel !== undefined; pixel = stack.pop()) {
			if (++area <= maxArea) {
				region.push(pixel);
			}
			const row = Math.floor(pixel / edge);
			const column = pixel % edge;
			for (let y = Math.max(0, row - 1); y <= Math.min(edge - 1, row + 1); y++) {
				for (let x = Math.max(0, column - 1); x <= Math.min(edge - 1, column + 1); x++) {
					const neighbour = y * edge + x;
					if (isSeen[neighbour] === 0 && logits[neighbour]! <= 0) {
						isSeen[neighbour] = 1;
						stack.push(neighbour);
					}
				}
			}
		}
		if (area <= maxArea) {
			region.forEach((pixel) => (result[pixel] = 0.1));
		}
	}
	return result;
}
