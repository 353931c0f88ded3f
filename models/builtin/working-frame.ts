import type { RgbPicture } from '../../preload/common/picture.ts';
import { binsOf } from './colour-odds.ts';
import { Mats, type Cv } from './opencv.ts';

/** Size that a network works at. */
export type WorkingSize = { width: number; height: number };

/** A picture as the network and the colour odds want it, row-major. */
export type Planes = WorkingSize & {
	/** 3 bytes a pixel. */
	rgb: Uint8Array;
	/** Colour bin of each pixel. */
	bins: Uint16Array;
};

/** A graph that reads a picture: how many pixels it sees at most, and what its edges are multiples of. */
type Sight = { pixels: number; step: number };

const carriedSight: Sight = { pixels: 480 * 256, step: 16 };
const promptedSight: Sight = { pixels: 192 * 192, step: 32 };

/** The size at which masks are carried: about the aspect of `size`, never much larger. */
export function carriedSize(size: WorkingSize): WorkingSize {
	return sized(size, carriedSight, Math.min(1, scaleTo(size, carriedSight)));
}

/** The size at which a window is looked at for a first mask; a small one is enlarged. */
export function promptedSize(size: WorkingSize): WorkingSize {
	return sized(size, promptedSight, scaleTo(size, promptedSight));
}

function scaleTo(size: WorkingSize, { pixels }: Sight): number {
	return Math.sqrt(pixels / (size.width * size.height));
}

function sized(size: WorkingSize, { step }: Sight, scale: number): WorkingSize {
	const toStep = (edge: number) => Math.max(step, Math.round((edge * scale) / step) * step);
	return { width: toStep(size.width), height: toStep(size.height) };
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
