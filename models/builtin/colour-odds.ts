import { Mats, type Cv } from './opencv.ts';

/** Bins a channel of 8-bit Lab: lightness over its whole range, chroma over the middle half of its own. */
const binsPerChannel = 16;
const binCount = binsPerChannel ** 3;
/** What a bin holds at least, as a share of an even spread. */
const floor = 0.3 / binCount;
const limit = 4;

/** Shares of the pixels inside and outside a mask, a bin each; either sums to 1. */
export type ColourPair = { inside: Float32Array; outside: Float32Array };

/** The bin of each pixel. `training/colours.py` computes the same numbers. */
export function binsOf(cv: Cv, rgb: Uint8Array, size: { width: number; height: number }): Uint16Array {
	using mats = new Mats(cv);
	const lab = mats.create();
	cv.cvtColor(mats.from8U(rgb, size.height, size.width, cv.CV_8UC3), lab, cv.COLOR_RGB2Lab);
	const values = lab.data;
	const bins = new Uint16Array(size.width * size.height);
	for (let at = 0, from = 0; at < bins.length; at++, from += 3) {
		const a = chromaBin(values[from + 1]!);
		const b = chromaBin(values[from + 2]!);
		bins[at] = ((values[from]! >> 4) * binsPerChannel + a) * binsPerChannel + b;
	}
	return bins;
}

function chromaBin(value: number): number {
	return Math.max(0, Math.min(binsPerChannel - 1, (value - 64) >> 3));
}

/** Colours inside and outside of a soft mask (0 to 1 a pixel). */
export function coloursOf(bins: Uint16Array, probability: Float32Array): ColourPair {
	const inside = new Float32Array(binCount);
	const outside = new Float32Array(binCount);
	for (let at = 0; at < bins.length; at++) {
		const bin = bins[at]!;
		inside[bin]! += probability[at]!;
		outside[bin]! += 1 - probability[at]!;
	}
	return { inside: smoothed(inside), outside: smoothed(outside) };
}

/** Mixes fresh colours into what is known. */
export function blend(known: ColourPair, fresh: ColourPair, share: number): ColourPair {
	const mix = (one: Float32Array, other: Float32Array) =>
		one.map((value, bin) => (1 - share) * value + share * other[bin]!);
	return { inside: mix(known.inside, fresh.inside), outside: mix(known.outside, fresh.outside) };
}

/** Log odds of each pixel's colour, over 4: -1 to 1. Writes `into`. */
export function colourOdds(bins: Uint16Array, colours: ColourPair, into: Float32Array): void {
	const table = new Float32Array(binCount);
	for (let bin = 0; bin < binCount; bin++) {
		const odds = Math.log((colours.inside[bin]! + floor) / (colours.outside[bin]! + floor));
		table[bin] = Math.max(-limit, Math.min(limit, odds)) / limit;
	}
	for (let at = 0; at < bins.length; at++) {
		into[at] = table[bins[at]!]!;
	}
}

/** Colours of a whole picture. */
export function allColours(bins: Uint16Array): Float32Array {
	const counts = new Float32Array(binCount);
	for (const bin of bins) {
		counts[bin]! += 1;
	}
	return smoothed(counts);
}

/** Share of colours that two pictures have in common, 0 to 1. */
export function commonShare(one: Float32Array, other: Float32Array): number {
	let common = 0;
	for (let bin = 0; bin < binCount; bin++) {
		common += Math.min(one[bin]!, other[bin]!);
	}
	return common;
}

/** (1 2 1) / 4 along each axis, then made to sum to 1; a border bin stands in for what is beyond it. */
function smoothed(counts: Float32Array): Float32Array {
	let bins = counts;
	for (const stride of [binsPerChannel ** 2, binsPerChannel, 1]) {
		const out = new Float32Array(binCount);
		for (let bin = 0; bin < binCount; bin++) {
			const place = Math.floor(bin / stride) % binsPerChannel;
			const before = place > 0 ? bin - stride : bin;
			const after = place < binsPerChannel - 1 ? bin + stride : bin;
			out[bin] = (bins[before]! + 2 * bins[bin]! + bins[after]!) / 4;
		}
		bins = out;
	}
	let sum = 0;
	for (const value of bins) {
		sum += value;
	}
	const unit = 1 / Math.max(sum, 1e-6);
	return bins.map((value) => value * unit);
}
