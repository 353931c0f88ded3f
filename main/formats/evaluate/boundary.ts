import { assert } from '../../../preload/common/assert.ts';
import type { Mask } from '../../../preload/common/picture.ts';

/** Tolerance of the boundary measure as a share of the picture's diagonal (DAVIS). */
const toleranceShare = 0.008;

/**
 * The boundary F-measure of DAVIS (Perazzi et al., CVPR 2016): boundary pixels of one mask count as met where the other
 * has a boundary pixel within a disk of 0.008 x the diagonal, rounded up; F is the harmonic mean of precision and
 * recall. Two masks without boundary give 1, one without gives 0.
 *
 * One scorer serves one picture size; it keeps its work buffers.
 */
export class BoundaryScorer {
	readonly #width: number;
	readonly #height: number;
	readonly #radius: number;
	/** Half width of the disk in each of its rows, from -radius to +radius. */
	readonly #reach: Int32Array;
	/** A margin of the radius around the picture, so that a disk never has to be cut. */
	readonly #near: Uint8Array;
	readonly #stride: number;

	constructor({ width, height }: { width: number; height: number }) {
		this.#width = width;
		this.#height = height;
		this.#radius = Math.ceil(toleranceShare * Math.hypot(width, height));
		const radius = this.#radius;
		this.#reach = Int32Array.from({ length: 2 * radius + 1 }, (_, row) =>
			Math.floor(Math.sqrt(radius ** 2 - (row - radius) ** 2)),
		);
		this.#stride = width + 2 * radius;
		this.#near = new Uint8Array(this.#stride * (height + 2 * radius));
	}

	/** F, 0 to 1. */
	score(reference: Mask, result: Mask): number {
		const ofReference = this.#boundary(reference);
		const ofResult = this.#boundary(result);
		if (ofReference.length === 0 || ofResult.length === 0) {
			return ofReference.length === ofResult.length ? 1 : 0;
		}
		const precision = this.#countNear(ofResult, ofReference) / ofResult.length;
		const recall = this.#countNear(ofReference, ofResult) / ofReference.length;
		return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
	}

	/**
	 * Pixels that differ from their neighbour to the right, below, or below right; in the last row and column from the
	 * one neighbour that is there. Offsets into the buffer with its margin.
	 */
	#boundary({ width, height, data }: Mask): Int32Array {
		assert(width === this.#width && height === this.#height, `mask of ${width}x${height}`);
		const margin = this.#radius * this.#stride + this.#radius;
		const found: number[] = [];
		for (let row = 0, at = 0; row < height; row++) {
			const below = row + 1 < height ? width : 0;
			const to = margin + row * this.#stride;
			for (let column = 0; column < width - 1; column++, at++) {
				const sum = data[at]! + data[at + 1]! + data[at + below]! + data[at + below + 1]!;
				if (sum !== 0 && sum !== 4) {
					found.push(to + column);
				}
			}
			if (data[at] !== data[at + below]) {
				found.push(to + width - 1);
			}
			at++;
		}
		return Int32Array.from(found);
	}

	/** How many of the pixels have one of `others` within the disk. */
	#countNear(pixels: Int32Array, others: Int32Array): number {
		const near = this.#near;
		const radius = this.#radius;
		near.fill(0);
		for (const at of others) {
			for (let row = -radius; row <= radius; row++) {
				const reach = this.#reach[row + radius]!;
				const middle = at + row * this.#stride;
				near.fill(1, middle - reach, middle + reach + 1);
			}
		}
		let count = 0;
		for (const at of pixels) {
			count += near[at]!;
		}
		return count;
	}
}
