/** Deterministic noise: integer hashes, so that every machine draws the same picture. */

/** 0 <= value < 1 for a cell of the integer lattice. */
export function hash(x: number, y: number, seed: number): number {
	let value = Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1) ^ Math.imul(seed | 0, 0x9e3779b1);
	value = Math.imul(value ^ (value >>> 15), 0x85ebca6b);
	value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
	return ((value ^ (value >>> 16)) >>> 0) / 4294967296;
}

/** Smooth value noise, -1 to 1, one bump a unit. */
export function noise(x: number, y: number, seed: number): number {
	const column = Math.floor(x);
	const row = Math.floor(y);
	const u = smooth(x - column);
	const v = smooth(y - row);
	const top = mix(hash(column, row, seed), hash(column + 1, row, seed), u);
	const bottom = mix(hash(column, row + 1, seed), hash(column + 1, row + 1, seed), u);
	return mix(top, bottom, v) * 2 - 1;
}

/** Four octaves of `noise`. */
export function fractalNoise(x: number, y: number, seed: number): number {
	return (
		0.53 * noise(x, y, seed) +
		0.27 * noise(x * 2.03, y * 2.03, seed + 1) +
		0.13 * noise(x * 4.07, y * 4.07, seed + 2) +
		0.07 * noise(x * 8.11, y * 8.11, seed + 3)
	);
}

export function mix(a: number, b: number, share: number): number {
	return a + (b - a) * share;
}

export function clamp(value: number, low: number, high: number): number {
	return value < low ? low : value > high ? high : value;
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function smoothStep(from: number, to: number, value: number): number {
	return smooth(clamp((value - from) / (to - from), 0, 1));
}

function smooth(share: number): number {
	return share * share * (3 - 2 * share);
}
