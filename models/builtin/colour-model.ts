import type { WorkingFrame } from './working-frame.ts';

/** Bins: 16 of L, 20 each of a and b over their usual range; colours are 8-bit Lab. */
const lBins = 16;
const abBins = 20;
const abFirst = 78;
const abWidth = 5;
const binCount = lBins * abBins * abBins;

/**
 * Colours of one object against its surroundings: two histograms in Lab, blurred so that neighbouring colours count.
 * The log ratio of a colour says which side it speaks for.
 */
export class ColourModel {
	readonly #inside = new Float32Array(binCount);
	readonly #outside = new Float32Array(binCount);
	/** log p(colour | object) - log p(colour | surroundings), clamped, per bin. */
	readonly #logRatio = new Float32Array(binCount);

	/** Multiplies what was learnt before. */
	decay(factor: number): void {
		for (let bin = 0; bin < binCount; bin++) {
			this.#inside[bin]! *= factor;
			this.#outside[bin]! *= factor;
		}
	}

	/** Learns a frame: `weightOf(at)` above 0 for pixels of the object, below 0 for its surroundings, 0 for neither. */
	learn(frame: WorkingFrame, weights: Float32Array, strength: number): void {
		let insideSum = 0;
		let outsideSum = 0;
		for (let at = 0; at < weights.length; at++) {
			const weight = weights[at]!;
			if (weight > 0) {
				insideSum += weight;
			} else {
				outsideSum -= weight;
			}
		}
		const insideUnit = insideSum > 0 ? strength / insideSum : 0;
		const outsideUnit = outsideSum > 0 ? strength / outsideSum : 0;
		for (let at = 0; at < weights.length; at++) {
			const weight = weights[at]!;
			if (weight > 0) {
				this.#inside[binOf(frame.lab, at)]! += weight * insideUnit;
			} else if (weight < 0) {
				this.#outside[binOf(frame.lab, at)]! -= weight * outsideUnit;
			}
		}
	}

	/** Makes the log ratios of what was learnt; to be called after `learn`. */
	settle(): void {
		const inside = blurred(this.#inside);
		const outside = blurred(this.#outside);
		const insideTotal = total(inside) || 1;
		const outsideTotal = total(outside) || 1;
		// Unseen colours end at a ratio of 1: the floor is what a handful of pixels would give.
		const floor = 2e-5;
		for (let bin = 0; bin < binCount; bin++) {
			const ratio = Math.log((inside[bin]! / insideTotal + floor) / (outside[bin]! / outsideTotal + floor));
			this.#logRatio[bin] = Math.max(-4, Math.min(4, ratio));
		}
	}

	/** Positive speaks for the object. */
	logRatioAt(lab: Uint8Array, at: number): number {
		return this.#logRatio[binOf(lab, at)]!;
	}
}

function binOf(lab: Uint8Array, at: number): number {
	const l = lab[3 * at]! >> 4;
	const a = ((lab[3 * at + 1]! - abFirst) / abWidth) | 0;
	const b = ((lab[3 * at + 2]! - abFirst) / abWidth) | 0;
	const clampedA = a < 0 ? 0 : a >= abBins ? abBins - 1 : a;
	const clampedB = b < 0 ? 0 : b >= abBins ? abBins - 1 : b;
	return (l * abBins + clampedA) * abBins + clampedB;
}

/** 1-2-1 along each of the three axes, the ends repeated. */
function blurred(source: Float32Array): Float32Array {
	let from = source;
	for (const [stride, size] of [
		[abBins * abBins, lBins],
		[abBins, abBins],
		[1, abBins],
	] as const) {
		const to = new Float32Array(binCount);
		for (let block = 0; block < binCount; block += stride * size) {
			for (let line = block; line < block + stride; line++) {
				const last = line + (size - 1) * stride;
				for (let bin = line; bin <= last; bin += stride) {
					const before = from[bin === line ? bin : bin - stride]!;
					const after = from[bin === last ? bin : bin + stride]!;
					to[bin] = 0.25 * before + 0.5 * from[bin]! + 0.25 * after;
				}
			}
		}
		from = to;
	}
	return from;
}

function total(values: Float32Array): number {
	let sum = 0;
	for (const value of values) {
		sum += value;
	}
	return sum;
}
