import { Mats, type Cv } from './opencv.ts';

/** Bilinear sample of a plane at p + flow(p), the border repeated. Flow is interleaved x, y. */
export function warp(plane: Float32Array, flow: Float32Array, size: { width: number; height: number }): Float32Array {
	const { width, height } = size;
	const out = new Float32Array(plane.length);
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at++) {
			const sx = Math.min(width - 1, Math.max(0, x + flow[2 * at]!));
			const sy = Math.min(height - 1, Math.max(0, y + flow[2 * at + 1]!));
			const x0 = sx | 0;
			const y0 = sy | 0;
			const right = x0 + 1 < width ? 1 : 0;
			const down = y0 + 1 < height ? width : 0;
			const fx = sx - x0;
			const fy = sy - y0;
			const there = y0 * width + x0;
			const top = plane[there]! * (1 - fx) + plane[there + right]! * fx;
			const bottom = plane[there + down]! * (1 - fx) + plane[there + down + right]! * fx;
			out[at] = top * (1 - fy) + bottom * fy;
		}
	}
	return out;
}

/**
 * Signed distance to the outline in pixels: positive inside. Without an inside (or an outside) it is minus (plus) the
 * plane's diagonal.
 */
export function signedDistance(cv: Cv, mask: Uint8Array, size: { width: number; height: number }): Float32Array {
	const { width, height } = size;
	const diagonal = Math.hypot(width, height);
	let count = 0;
	for (const value of mask) {
		count += value;
	}
	const signed = new Float32Array(mask.length);
	if (count === 0 || count === mask.length) {
		return signed.fill(count === 0 ? -diagonal : diagonal);
	}
	using mats = new Mats(cv);
	const inside = mats.from8U(mask, height, width, cv.CV_8UC1);
	const toOutside = mats.create();
	cv.distanceTransform(inside, toOutside, cv.DIST_L2, 3);
	const outside = mats.create(height, width, cv.CV_8UC1);
	// A mat's `data` makes a view on every access: taken once, and after everything that may grow the heap.
	const flipped = outside.data;
	for (let at = 0; at < mask.length; at++) {
		flipped[at] = mask[at]! ^ 1;
	}
	const toInside = mats.create();
	cv.distanceTransform(outside, toInside, cv.DIST_L2, 3);
	const first = toOutside.data32F;
	const second = toInside.data32F;
	for (let at = 0; at < mask.length; at++) {
		signed[at] = first[at]! - second[at]!;
	}
	return signed;
}

export function threshold(plane: Float32Array, level: number): Uint8Array {
	const mask = new Uint8Array(plane.length);
	for (let at = 0; at < plane.length; at++) {
		mask[at] = plane[at]! > level ? 1 : 0;
	}
	return mask;
}

export function sigmoid(value: number): number {
	return 1 / (1 + Math.exp(-value));
}

/** Log odds, clamped to [-limit, limit]. */
export function logit(probability: number, limit: number): number {
	if (probability <= 0) {
		return -limit;
	}
	if (probability >= 1) {
		return limit;
	}
	const value = Math.log(probability / (1 - probability));
	return value > limit ? limit : value < -limit ? -limit : value;
}
