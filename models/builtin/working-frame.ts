import type { RgbPicture } from '../../preload/common/picture.ts';
import { Mats, type Cv } from './opencv.ts';

/** Size that the model works at. */
export type WorkingSize = { width: number; height: number };

/** A picture at working size, in the forms that the steps want. Planes are row-major, `width * height` long. */
export type WorkingFrame = WorkingSize & {
	/** CIE Lab, 8 bit, 3 bytes a pixel. */
	lab: Uint8Array;
	/** The same after a 5x5 mean: what is around the pixel. */
	labMean: Uint8Array;
};

/** The size with at most `maxPixels` pixels and the picture's aspect; a small picture stays as it is. */
export function workingSize(size: WorkingSize, maxPixels: number): WorkingSize {
	const scale = Math.min(1, Math.sqrt(maxPixels / (size.width * size.height)));
	return {
		width: Math.max(1, Math.round(size.width * scale)),
		height: Math.max(1, Math.round(size.height * scale)),
	};
}

export function toWorkingFrame(cv: Cv, picture: RgbPicture, size: WorkingSize): WorkingFrame {
	using mats = new Mats(cv);
	const full = mats.from8U(picture.data, picture.height, picture.width, cv.CV_8UC3);
	let small = full;
	if (size.width !== picture.width || size.height !== picture.height) {
		small = mats.create();
		cv.resize(full, small, new cv.Size(size.width, size.height), 0, 0, cv.INTER_AREA);
	}
	const lab = mats.create();
	const labMean = mats.create();
	cv.cvtColor(small, lab, cv.COLOR_RGB2Lab);
	cv.boxFilter(lab, labMean, -1, new cv.Size(5, 5));
	return { ...size, lab: lab.data.slice(), labMean: labMean.data.slice() };
}
