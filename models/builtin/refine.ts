import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import { toFullSize } from './full-size.ts';
import { GuidedFilter } from './guided-filter.ts';
import type { Cv } from './opencv.ts';
import { labelRegions } from './regions.ts';
import { toWorkingFrame, type WorkingSize } from './working-frame.ts';

/** Regions and holes under this share of the largest region are noise of the cut. */
const leastShare = 0.03;

/** A cut at working size -> without specks and pinholes -> the picture's size, along its edges. */
export function refine(cv: Cv, picture: RgbPicture, size: WorkingSize, cut: Uint8Array): Mask {
	const clean = withoutSpecks(cv, withoutSpecks(cv, cut, size, 1), size, 0);
	const filter = new GuidedFilter(cv, toWorkingFrame(cv, picture, size));
	const smoothed = filter.apply(Float32Array.from(clean));
	const soft = smoothed.plane;
	for (let at = 0; at < soft.length; at++) {
		// The filter smooths; what was cut keeps the larger say.
		soft[at] = Math.max(0, Math.min(1, 0.4 * soft[at]! + 0.6 * clean[at]!));
	}
	return toFullSize(cv, soft, size, picture, smoothed);
}

/** Gives small regions of `value` to the other side. */
function withoutSpecks(cv: Cv, cut: Uint8Array, size: WorkingSize, value: 0 | 1): Uint8Array {
	const { labels, areas } = labelRegions(cv, value === 1 ? cut : cut.map((pixel) => pixel ^ 1), size);
	const inside = cut.reduce((sum, pixel) => sum + pixel, 0);
	const largest = value === 1 ? Math.max(0, ...areas.slice(1)) : inside;
	return cut.map((pixel, at) => (pixel === value && areas[labels[at]!]! < leastShare * largest ? 1 - pixel : pixel));
}
