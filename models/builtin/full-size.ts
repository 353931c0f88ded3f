import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import type { Smoothed } from './guided-filter.ts';
import { Mats, type Cv } from './opencv.ts';
import { threshold } from './planes.ts';
import type { WorkingSize } from './working-frame.ts';

/**
 * The full-size mask of a soft mask at working size. The guided filter's local linear model is enlarged and applied to
 * the full-size colours (He and Sun, Fast Guided Filter, 2015), so that the outline follows the picture's own edges.
 * Only the object's surroundings are computed.
 */
export function toFullSize(
	cv: Cv,
	probability: Float32Array,
	size: WorkingSize,
	picture: RgbPicture,
	smoothed: Smoothed,
): Mask {
	const mask: Mask = {
		width: picture.width,
		height: picture.height,
		data: new Uint8Array(picture.width * picture.height),
	};
	if (size.width === picture.width && size.height === picture.height) {
		mask.data.set(threshold(probability, 0.5));
		return mask;
	}
	const bounds = boundsAbove(probability, size, 0.1);
	if (bounds === null) {
		return mask;
	}
	const { x0, y0, x1, y1 } = bounds;
	const cols = x1 - x0;
	const rows = y1 - y0;
	const scaleX = picture.width / size.width;
	const scaleY = picture.height / size.height;
	const left = Math.round(x0 * scaleX);
	const top = Math.round(y0 * scaleY);
	const fullCols = Math.min(picture.width, Math.round(x1 * scaleX)) - left;
	const fullRows = Math.min(picture.height, Math.round(y1 * scaleY)) - top;
	using mats = new Mats(cv);
	const enlarge = (plane: Float32Array): Float32Array => {
		const source = mats.create(rows, cols, cv.CV_32FC1);
		const values = source.data32F;
		for (let row = 0; row < rows; row++) {
			const from = (y0 + row) * size.width + x0;
			values.set(plane.subarray(from, from + cols), row * cols);
		}
		const target = mats.create();
		cv.resize(source, target, new cv.Size(fullCols, fullRows), 0, 0, cv.INTER_LINEAR);
		return target.data32F;
	};
	const crop = mats.create(fullRows, fullCols, cv.CV_8UC3);
	const cropped = crop.data;
	for (let row = 0; row < fullRows; row++) {
		const from = 3 * ((top + row) * picture.width + left);
		cropped.set(picture.data.subarray(from, from + 3 * fullCols), 3 * row * fullCols);
	}
	const labMat = mats.create();
	cv.cvtColor(crop, labMat, cv.COLOR_RGB2Lab);
	const planes = [...smoothed.slopes, smoothed.offset, probability].map((plane) => enlarge(plane).slice());
	const [a0, a1, a2, b, coarse] = planes as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
	const lab = labMat.data;
	for (let row = 0, at = 0; row < fullRows; row++) {
		let to = (top + row) * picture.width + left;
		for (let col = 0; col < fullCols; col++, at++, to++) {
			const rough = coarse[at]!;
			// Under it are regions that were taken off after the filter.
			if (rough < 0.31) {
				continue;
			}
			// Chroma is stretched as in the guide.
			const fine =
				(a0[at]! * lab[3 * at]! + 2 * (a1[at]! * lab[3 * at + 1]! + a2[at]! * lab[3 * at + 2]!)) / 255 + b[at]!;
			mask.data[to] = rough > 0.95 || 0.5 * (fine + rough) > 0.5 ? 1 : 0;
		}
	}
	return mask;
}

/** Bounds of the values over `level`, with a margin of 2, in whole pixels; null where there is none. */
function boundsAbove(
	plane: Float32Array,
	size: WorkingSize,
	level: number,
): { x0: number; y0: number; x1: number; y1: number } | null {
	let x0 = size.width;
	let y0 = size.height;
	let x1 = -1;
	let y1 = -1;
	for (let y = 0, at = 0; y < size.height; y++) {
		for (let x = 0; x < size.width; x++, at++) {
			if (plane[at]! > level) {
				x0 = Math.min(x0, x);
				x1 = Math.max(x1, x);
				y0 = Math.min(y0, y);
				y1 = y;
			}
		}
	}
	if (x1 < 0) {
		return null;
	}
	return {
		x0: Math.max(0, x0 - 2),
		y0: Math.max(0, y0 - 2),
		x1: Math.min(size.width, x1 + 3),
		y1: Math.min(size.height, y1 + 3),
	};
}
