import type { Mask } from '../../preload/common/picture.ts';
import { Mats, type Cv } from '../builtin/opencv.ts';
import { cropMask, emptyMask, maskBox, pasteMask, unionBox, windowAround } from '../builtin/window.ts';

/**
 * A mask between two of the same size: the weighted mean of their signed distances to the outline, cut at 0 (shape-based
 * interpolation, Raya and Udupa, 1990). `share` is the first one's weight, 0 to 1. An empty mask counts for nothing.
 */
export function blendMasks(cv: Cv, one: Mask, other: Mask, share: number): Mask {
	const [box, otherBox] = [maskBox(one), maskBox(other)];
	if (box === null || otherBox === null) {
		return box === null ? other : one;
	}
	const window = windowAround(unionBox(box, otherBox), 0, one);
	const [distances, others] = [one, other].map((mask) => signedDistances(cv, cropMask(mask, window))) as [
		Float32Array,
		Float32Array,
	];
	const data = new Uint8Array(distances.length);
	for (let at = 0; at < data.length; at++) {
		data[at] = share * distances[at]! + (1 - share) * others[at]! > 0 ? 1 : 0;
	}
	return pasteMask(emptyMask(one), { width: window.width, height: window.height, data }, window);
}

/** Intersection over union; 1 where both are empty. */
export function maskIou(one: Mask, other: Mask): number {
	let [both, either] = [0, 0];
	for (let at = 0; at < one.data.length; at++) {
		both += one.data[at]! & other.data[at]!;
		either += one.data[at]! | other.data[at]!;
	}
	return either === 0 ? 1 : both / either;
}

/** Pixels to the outline, positive inside; half a pixel at the outline itself. */
function signedDistances(cv: Cv, mask: Mask): Float32Array {
	using mats = new Mats(cv);
	const { width, height, data } = mask;
	const distancesOf = (value: 0 | 1): Float32Array => {
		const source = mats.from8U(
			data.map((pixel) => (pixel === value ? 255 : 0)),
			height,
			width,
			cv.CV_8UC1,
		);
		const target = mats.create();
		cv.distanceTransform(source, target, cv.DIST_L2, 5);
		return target.data32F;
	};
	const inside = distancesOf(1).slice();
	const outside = distancesOf(0);
	return inside.map((distance, at) => (data[at] === 1 ? distance - 0.5 : 0.5 - outside[at]!));
}
