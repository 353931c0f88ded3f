import type { WorkingFrame } from './working-frame.ts';
import type { FlowPair } from './flow.ts';

/** Places around the flow's end point that are compared, nearest first; farther ones are sparser. */
const offsets = spiral([
	[0, 1],
	[1.5, 5],
	[3, 6],
	[5, 7],
	[8, 8],
	[12, 9],
]);

function spiral(rings: readonly (readonly [radius: number, count: number])[]): Int32Array {
	const places: number[] = [];
	for (const [radius, count] of rings) {
		for (let step = 0; step < count; step++) {
			const angle = ((step + radius / 3) / count) * 2 * Math.PI;
			places.push(Math.round(radius * Math.cos(angle)), Math.round(radius * Math.sin(angle)));
		}
	}
	return Int32Array.from(places);
}

const colourSigma = 14;
const spaceSigma = 7;
/** exp(-x) for x = 0 .. 12 in steps of 1 / 64. */
const decay = Float32Array.from({ length: 12 * 64 + 1 }, (_, step) => Math.exp(-step / 64));

export type LocalMatch = {
	/** 0 to 1: how much of what matches was object in the previous frame. */
	probability: Float32Array;
	/** 0 to 1: the best match's weight, colour alone; low where nothing near looks alike. */
	quality: Float32Array;
};

/**
 * Carries a soft mask along the flow, and lets each pixel choose by colour among the places near the flow's end: the
 * weighted mean of the previous mask over places that look alike (a joint bilateral filter across time). Forgives flow
 * that is off by some pixels, which it mostly is at the outline. Only pixels with `band` set are computed; the others
 * take the previous mask at the flow's end.
 */
export function matchLocally(
	previous: { frame: WorkingFrame; probability: Float32Array },
	current: WorkingFrame,
	flow: FlowPair,
	band: Uint8Array,
	warped: Float32Array,
): LocalMatch {
	const { width, height } = current;
	const probability = warped.slice();
	const quality = new Float32Array(width * height);
	const colourUnit = 64 / (2 * colourSigma * colourSigma);
	const spaceUnits = new Float32Array(offsets.length / 2);
	for (let place = 0; place < spaceUnits.length; place++) {
		const dx = offsets[2 * place]!;
		const dy = offsets[2 * place + 1]!;
		spaceUnits[place] = Math.exp(-(dx * dx + dy * dy) / (2 * spaceSigma * spaceSigma));
	}
	const farthest = 767 / colourUnit;
	const { lab, labMean } = current;
	const { lab: oldLab, labMean: oldMean } = previous.frame;
	const old = previous.probability;
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at++) {
			if (band[at] === 0) {
				continue;
			}
			const cx = Math.round(x + flow.backward[2 * at]!);
			const cy = Math.round(y + flow.backward[2 * at + 1]!);
			const l = lab[3 * at]!;
			const a = lab[3 * at + 1]!;
			const b = lab[3 * at + 2]!;
			const ml = labMean[3 * at]!;
			const ma = labMean[3 * at + 1]!;
			const mb = labMean[3 * at + 2]!;
			let sum = 0;
			let inside = 0;
			let best = 0;
			for (let place = 0; place < spaceUnits.length; place++) {
				const px = cx + offsets[2 * place]!;
				const py = cy + offsets[2 * place + 1]!;
				if (px < 0 || py < 0 || px >= width || py >= height) {
					continue;
				}
				const there = py * width + px;
				const t3 = 3 * there;
				// What is far from alike by its colour alone needs no look at its surroundings.
				const d0 = l - oldLab[t3]!;
				const d1 = a - oldLab[t3 + 1]!;
				const d2 = b - oldLab[t3 + 2]!;
				const own = 0.5 * d0 * d0 + 1.5 * (d1 * d1 + d2 * d2);
				if (own > farthest) {
					continue;
				}
				const e0 = ml - oldMean[t3]!;
				const e1 = ma - oldMean[t3 + 1]!;
				const e2 = mb - oldMean[t3 + 2]!;
				// Chroma counts more than lightness, which shading changes.
				const distance = own + 0.5 * e0 * e0 + 1.5 * (e1 * e1 + e2 * e2);
				const step = distance * colourUnit;
				const alike = step > 767 ? 0 : decay[step | 0]!;
				if (alike > best) {
					best = alike;
				}
				const weight = alike * spaceUnits[place]!;
				sum += weight;
				inside += weight * old[there]!;
			}
			quality[at] = best;
			probability[at] = (inside + 1e-3 * warped[at]!) / (sum + 1e-3);
		}
	}
	return { probability, quality };
}
