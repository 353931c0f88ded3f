import type { Point, Size } from '../../preload/common/geometry.ts';

/**
 * Where the picture lies on the stage: `screen = image * scale + offset`, in CSS pixels. `aspect` is the width of an
 * image pixel over its height, so that x is scaled by `scale * aspect`.
 */
export type Camera = { scale: number; aspect: number; x: number; y: number };

export const smallestScale = 0.05;
export const largestScale = 32;

export function imageFromScreen(camera: Camera, point: Point): Point {
	return { x: (point.x - camera.x) / (camera.scale * camera.aspect), y: (point.y - camera.y) / camera.scale };
}

export function screenFromImage(camera: Camera, point: Point): Point {
	return { x: point.x * camera.scale * camera.aspect + camera.x, y: point.y * camera.scale + camera.y };
}

/** The whole picture in the middle, `margin` pixels from the edges; a tiny picture grows 16 times at most. */
export function fitCamera(picture: Size, view: Size, options: { aspect: number; margin?: number }): Camera {
	const { aspect, margin = 16 } = options;
	const room = { width: Math.max(1, view.width - 2 * margin), height: Math.max(1, view.height - 2 * margin) };
	const scale = clampScale(Math.min(room.width / (picture.width * aspect), room.height / picture.height, 16));
	return centred(picture, view, { scale, aspect });
}

/** One image pixel on one screen pixel of a display with `pixelRatio` device pixels a CSS pixel, `at` staying put. */
export function actualCamera(camera: Camera, at: Point, pixelRatio: number): Camera {
	return zoomCamera(camera, at, 1 / pixelRatio / camera.scale);
}

/** Zooms by a factor; the image point under `at` (screen) stays under it. */
export function zoomCamera(camera: Camera, at: Point, factor: number): Camera {
	const scale = clampScale(camera.scale * factor);
	const ratio = scale / camera.scale;
	return { ...camera, scale, x: at.x - (at.x - camera.x) * ratio, y: at.y - (at.y - camera.y) * ratio };
}

export function panCamera(camera: Camera, by: Point): Camera {
	return { ...camera, x: camera.x + by.x, y: camera.y + by.y };
}

/** Keeps at least `keep` pixels of the picture on the stage, so that it cannot be lost. */
export function boundCamera(camera: Camera, picture: Size, view: Size, keep = 48): Camera {
	const width = picture.width * camera.scale * camera.aspect;
	const height = picture.height * camera.scale;
	return {
		...camera,
		x: Math.min(view.width - Math.min(keep, width), Math.max(Math.min(keep, width) - width, camera.x)),
		y: Math.min(view.height - Math.min(keep, height), Math.max(Math.min(keep, height) - height, camera.y)),
	};
}

/** After the stage changed its size: what was in its middle stays there. */
export function resizedCamera(camera: Camera, before: Size, after: Size): Camera {
	return panCamera(camera, { x: (after.width - before.width) / 2, y: (after.height - before.height) / 2 });
}

/** Wheel units to a zoom factor: a notch of 100 is a fifth, trackpads send small ones. */
export function wheelFactor(deltaY: number): number {
	return Math.exp(-Math.max(-240, Math.min(240, deltaY)) * 0.0018);
}

export function clampScale(scale: number): number {
	return Math.min(largestScale, Math.max(smallestScale, scale));
}

function centred(picture: Size, view: Size, size: { scale: number; aspect: number }): Camera {
	return {
		...size,
		x: (view.width - picture.width * size.scale * size.aspect) / 2,
		y: (view.height - picture.height * size.scale) / 2,
	};
}
