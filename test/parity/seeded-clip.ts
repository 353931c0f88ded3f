import type { Mask, RgbPicture } from '../../preload/common/picture.ts';

/*
 * The clip that make_golden.py draws too, in whole numbers: a slanted pattern and two striped discs that move; the
 * frames of `hidden` are flat grey, as if a hand lay on the lens.
 */

export type Clip = { width: number; height: number; frames: number; hidden: readonly number[] };

export function seededFrame(clip: Clip, frame: number): RgbPicture {
	const { width, height } = clip;
	const data = new Uint8Array(width * height * 3);
	if (clip.hidden.includes(frame)) {
		return { width, height, data: data.fill(24) };
	}
	const discs = [
		{
			x: Math.floor((width * 3) / 10) + Math.floor((frame * width) / 60),
			y: Math.floor((height * 4) / 10),
			colour: [230, 40, 60],
		},
		{
			x: Math.floor((width * 7) / 10) - Math.floor((frame * width) / 90),
			y: Math.floor((height * 6) / 10) + Math.floor((frame * height) / 80),
			colour: [30, 60, 240],
		},
	];
	const small = Math.min(width, height);
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at += 3) {
			const pattern = [(x * 2 + y + frame * 3) % 256, (x + y * 3 + 60) % 256, modulo(255 - x + y * 2 + frame, 256)];
			data.set(
				pattern.map((value) => 64 + Math.floor(value / 3)),
				at,
			);
			const stripes = (Math.floor((x + y * 2) / 4) % 2) * 40;
			discs.forEach((disc, index) => {
				const radius = Math.floor((small * 2) / 10) - Math.floor((index * small) / 20);
				if ((x - disc.x) ** 2 + (y - disc.y) ** 2 <= radius * radius) {
					data.set(
						disc.colour.map((value) => Math.min(255, Math.max(0, value + stripes - 20))),
						at,
					);
				}
			});
		}
	}
	return { width, height, data };
}

/** Centre and radii as parts of the width and height. */
export function seededEllipse(size: { width: number; height: number }, shape: readonly number[]): Mask {
	const { width, height } = size;
	const [cx, cy, rx, ry] = shape.map((part, index) => Math.round(part * (index % 2 === 0 ? width : height)));
	const data = new Uint8Array(width * height);
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at++) {
			data[at] = ((x - cx!) * ry!) ** 2 + ((y - cy!) * rx!) ** 2 <= (rx! * ry!) ** 2 ? 1 : 0;
		}
	}
	return { width, height, data };
}

function modulo(value: number, divisor: number): number {
	return ((value % divisor) + divisor) % divisor;
}
