import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	actualCamera,
	boundCamera,
	fitCamera,
	imageFromScreen,
	largestScale,
	resizedCamera,
	screenFromImage,
	smallestScale,
	wheelFactor,
	zoomCamera,
} from '../../../renderer/stage/camera.ts';

const picture = { width: 1920, height: 1080 };
const view = { width: 992, height: 572 };

test('fit centres the whole picture, pixel aspect included, and never blows a tiny one up beyond 16 times', () => {
	expect(fitCamera(picture, view, { aspect: 1 })).toEqual({ scale: 0.5, aspect: 1, x: 16, y: 16 });
	expect(fitCamera({ width: 960, height: 1080 }, view, { aspect: 2 })).toEqual({ scale: 0.5, aspect: 2, x: 16, y: 16 });
	expect(fitCamera({ width: 10, height: 10 }, view, { aspect: 1 }).scale).toBe(16);
});

test('zooming keeps the image point under the pointer, within 5 % and 3200 %; there and back is where it was', () => {
	const number = fc.double({ min: -500, max: 2000, noNaN: true });
	fc.assert(
		fc.property(number, number, fc.double({ min: 0.05, max: 20, noNaN: true }), (x, y, factor) => {
			const camera = fitCamera(picture, view, { aspect: 1.2 });
			const before = imageFromScreen(camera, { x, y });
			const zoomed = zoomCamera(camera, { x, y }, factor);
			const after = imageFromScreen(zoomed, { x, y });
			expect(after.x).toBeCloseTo(before.x, 6);
			expect(after.y).toBeCloseTo(before.y, 6);
			expect(zoomed.scale).toBeGreaterThanOrEqual(smallestScale);
			expect(zoomed.scale).toBeLessThanOrEqual(largestScale);
			const screen = screenFromImage(zoomed, after);
			expect(screen.x).toBeCloseTo(x, 6);
		}),
	);
	expect(wheelFactor(100) * wheelFactor(-100)).toBeCloseTo(1, 12);
	expect(wheelFactor(-100)).toBeGreaterThan(1);
	expect(actualCamera(fitCamera(picture, view, { aspect: 1 }), { x: 0, y: 0 }, 2).scale).toBe(0.5);
});

test('the picture cannot be lost, and a resized stage keeps its middle', () => {
	const camera = { scale: 1, aspect: 1, x: 5000, y: -5000 };
	expect(boundCamera(camera, picture, view)).toEqual({ scale: 1, aspect: 1, x: 944, y: -1032 });
	const fitted = fitCamera(picture, view, { aspect: 1 });
	const wider = { width: 1192, height: 572 };
	const middle = imageFromScreen(fitted, { x: view.width / 2, y: view.height / 2 });
	expect(imageFromScreen(resizedCamera(fitted, view, wider), { x: 596, y: 286 })).toEqual(middle);
});
