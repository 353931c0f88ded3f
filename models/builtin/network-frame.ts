import type { RgbPicture } from '../../preload/common/picture.ts';
import { binsOf } from './colour-odds.ts';
import { Mats, type Cv } from './opencv.ts';
import type { WorkingSize } from './working-frame.ts';

/** A picture as the network and the colour odds want it, row-major. */
export type Planes = WorkingSize & {
	/** 3 bytes a pixel. */
	rgb: Uint8Array;
	/** Colour bin of each pixel. */
	bins: Uint16Array;
};

/** Pixels that a picture has for the network at most: 432 x 240. */
const workingPixels = 432 * 240;
/** The coarsest features are of 16 x 16 pixels. */
const step = 16;
/** Edges that are multiples of 16, about the aspect of `size`, and at most 432 x 240 pixels. */
export function networkSize(size: WorkingSize): WorkingSize {
	const scale = Math.min(1, Math.sqrt(workingPixels / (size.width * size.height)));
	return { width: toStep(size.width * scale), height: toStep(size.height * scale) };
}

function toStep(edge: number): number {
	return Math.max(step, Math.round(edge / step) * step);
}

export function toPlanes(cv: Cv, picture: RgbPicture, size: WorkingSize): Planes {
	const rgb = resized(cv, picture, size);
	return { ...size, rgb, bins: binsOf(cv, rgb, size) };
}

/** Area means where it gets smaller, linear where it gets larger. */
function resized(cv: Cv, picture: RgbPicture, size: WorkingSize): Uint8Array {
	if (size.width === picture.width && size.height === picture.height) {
		return picture.data;
	}
	using mats = new Mats(cv);
	const full = mats.from8U(picture.data, picture.height, picture.width, cv.CV_8UC3);
	const small = mats.create();
	const method = size.width * size.height < picture.width * picture.height ? cv.INTER_AREA : cv.INTER_LINEAR;
	cv.resize(full, small, new cv.Size(size.width, size.height), 0, 0, method);
	return small.data.slice();
}
