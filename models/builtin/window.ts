import type { Box } from '../../preload/common/geometry.ts';
import type { Mask, RgbPicture } from '../../preload/common/picture.ts';

/** A part of a picture in whole pixels: [left, left + width) x [top, top + height). */
export type Window = { left: number; top: number; width: number; height: number };

/** The box, widened by `margin` of its size (and at least 12 pixels) on every side, within the picture. */
export function windowAround(box: Box, margin: number, size: { width: number; height: number }): Window {
	const dx = Math.max(12, margin * (box.x1 - box.x0));
	const dy = Math.max(12, margin * (box.y1 - box.y0));
	const left = Math.max(0, Math.floor(box.x0 - dx));
	const top = Math.max(0, Math.floor(box.y0 - dy));
	const right = Math.min(size.width, Math.ceil(box.x1 + dx));
	const bottom = Math.min(size.height, Math.ceil(box.y1 + dy));
	return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

export function cropPicture(picture: RgbPicture, window: Window): RgbPicture {
	return { width: window.width, height: window.height, data: cropRows(picture.data, picture.width, window, 3) };
}

export function cropMask(mask: Mask, window: Window): Mask {
	return { width: window.width, height: window.height, data: cropRows(mask.data, mask.width, window, 1) };
}

/** The mask with its part in the window replaced. */
export function pasteMask(into: Mask, part: Mask, window: Window): Mask {
	const data = pasteRows(into.data.slice(), into.width, part.data, window);
	return { width: into.width, height: into.height, data };
}

type Plane = Uint8Array | Uint16Array | Float32Array;

/** The window of a row-major plane that is `width` pixels wide, of `channels` numbers each. */
export function cropRows<P extends Plane>(data: P, width: number, window: Window, channels: number): P {
	const out = new (data.constructor as new (length: number) => P)(window.width * window.height * channels);
	for (let row = 0; row < window.height; row++) {
		const from = ((window.top + row) * width + window.left) * channels;
		out.set(data.subarray(from, from + window.width * channels), row * window.width * channels);
	}
	return out;
}

/** Writes `part` into the window of a row-major plane that is `width` pixels wide, and returns that plane. */
export function pasteRows<P extends Plane>(into: P, width: number, part: P, window: Window): P {
	for (let row = 0; row < window.height; row++) {
		const from = row * window.width;
		into.set(part.subarray(from, from + window.width), (window.top + row) * width + window.left);
	}
	return into;
}

/** Bounding box of the mask's pixels; null where it is empty. */
export function maskBox(mask: Mask): Box | null {
	const { width, height, data } = mask;
	let box: Box | null = null;
	for (let y = 0; y < height; y++) {
		const row = data.subarray(y * width, (y + 1) * width);
		const first = row.indexOf(1);
		if (first >= 0) {
			const last = row.lastIndexOf(1) + 1;
			box =
				box === null
					? { x0: first, y0: y, x1: last, y1: y + 1 }
					: { x0: Math.min(box.x0, first), y0: box.y0, x1: Math.max(box.x1, last), y1: y + 1 };
		}
	}
	return box;
}

export function unionBox(one: Box | null, other: Box): Box {
	return one === null
		? other
		: {
				x0: Math.min(one.x0, other.x0),
				y0: Math.min(one.y0, other.y0),
				x1: Math.max(one.x1, other.x1),
				y1: Math.max(one.y1, other.y1),
			};
}

export function emptyMask(size: { width: number; height: number }): Mask {
	return { width: size.width, height: size.height, data: new Uint8Array(size.width * size.height) };
}
