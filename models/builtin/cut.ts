import type { RgbPicture } from '../../preload/common/picture.ts';
import { Mats, type Cv } from './opencv.ts';
import type { WorkingSize } from './working-frame.ts';

/** GrabCut's labels. */
export const label = { outside: 0, inside: 1, maybeOutside: 2, maybeInside: 3 } as const;

/**
 * GrabCut (Rother, SIGGRAPH 2004) from labels of certain and likely pixels; gives 0 or 1 a pixel. Where the labels
 * know one side only, there is nothing to learn the other from, and they are returned as they are.
 */
export function grabCut(
	cv: Cv,
	picture: RgbPicture,
	size: WorkingSize,
	labels: Uint8Array,
	iterations: number,
): Uint8Array {
	let inside = 0;
	for (const value of labels) {
		inside += value & 1;
	}
	// The colour mixtures have five components each and want some pixels.
	if (inside < 10 || labels.length - inside < 10) {
		return labels.map((value) => value & 1);
	}
	using mats = new Mats(cv);
	const full = mats.from8U(picture.data, picture.height, picture.width, cv.CV_8UC3);
	let small = full;
	if (size.width !== picture.width || size.height !== picture.height) {
		small = mats.create();
		cv.resize(full, small, new cv.Size(size.width, size.height), 0, 0, cv.INTER_AREA);
	}
	const mask = mats.from8U(labels, size.height, size.width, cv.CV_8UC1);
	cv.grabCut(small, mask, new cv.Rect(0, 0, 1, 1), mats.create(), mats.create(), iterations, cv.GC_INIT_WITH_MASK);
	return Uint8Array.from(mask.data, (value) => value & 1);
}
