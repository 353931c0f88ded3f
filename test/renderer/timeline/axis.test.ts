import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	fitAxis,
	frameFromX,
	panAxis,
	resizeAxis,
	revealFrame,
	roundStep,
	rulerTicks,
	visibleFrames,
	xFromFrame,
	zoomAxis,
} from '../../../renderer/timeline/axis.ts';
import { rangeDrag } from '../../../renderer/timeline/range-drag.ts';

test('fit shows the whole video; each frame owns its pixels; short ones are not stretched without end', () => {
	const axis = fitAxis(300, 900);
	expect([xFromFrame(axis, 0), xFromFrame(axis, 300), visibleFrames(axis)]).toEqual([0, 900, { from: 0, to: 300 }]);
	expect([frameFromX(axis, 2.9), frameFromX(axis, 3), frameFromX(axis, -50), frameFromX(axis, 5000)]).toEqual([
		0, 1, 0, 299,
	]);
	expect(fitAxis(3, 900).pixelsPerFrame).toBe(64);
	expect(fitAxis(100_000, 1000).pixelsPerFrame).toBe(0.01);
});

test('zoom keeps the frame under the pointer while there is room, never leaves the video, and is undone by its inverse', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 200_000 }),
			fc.double({ min: 0, max: 1000, noNaN: true }),
			fc.double({ min: 0.1, max: 10, noNaN: true }),
			(frameCount, x, factor) => {
				const start = zoomAxis(fitAxis(frameCount, 1000), 500, 3);
				const zoomed = zoomAxis(start, x, factor);
				const { from, to } = visibleFrames(zoomed);
				expect(from).toBeGreaterThanOrEqual(0);
				expect(to).toBeLessThanOrEqual(frameCount);
				expect(zoomed.firstFrame).toBeGreaterThanOrEqual(0);
				expect(zoomed.pixelsPerFrame * frameCount).toBeGreaterThanOrEqual(Math.min(1000, 64 * frameCount) - 1e-6);
				if (factor > 1) {
					const before = start.firstFrame + x / start.pixelsPerFrame;
					const after = zoomed.firstFrame + x / zoomed.pixelsPerFrame;
					expect(after).toBeCloseTo(before, 4);
				}
			},
		),
	);
});

test('panning stops at the ends, resizing keeps the whole whole, and revealing turns a page', () => {
	const axis = zoomAxis(fitAxis(1000, 500), 250, 8);
	expect(panAxis(axis, -1e9).firstFrame).toBe(0);
	expect(panAxis(axis, 1e9).firstFrame).toBe(1000 - 500 / axis.pixelsPerFrame);
	expect(resizeAxis(fitAxis(1000, 500), 800)).toEqual(fitAxis(1000, 800));
	expect(resizeAxis(axis, 800).pixelsPerFrame).toBe(axis.pixelsPerFrame);
	expect(revealFrame(axis, visibleFrames(axis).from + 5)).toBe(axis);
	for (const frame of [0, 999]) {
		const x = xFromFrame(revealFrame(axis, frame), frame);
		expect(x).toBeGreaterThanOrEqual(-1e-9);
		expect(x).toBeLessThanOrEqual(500 - axis.pixelsPerFrame + 1e-6);
	}
});

test('ruler marks are round and apart', () => {
	expect([0.2, 1, 3, 7, 11, 21, 51, 480, 501].map(roundStep)).toEqual([1, 1, 5, 10, 20, 50, 100, 500, 1000]);
	const ticks = rulerTicks(fitAxis(300, 900));
	expect(ticks.filter(({ isMajor }) => isMajor).map(({ frame }) => frame)).toEqual([0, 50, 100, 150, 200, 250]);
	expect(ticks).toHaveLength(30);
});

test('an end of the range is dragged, and the two never cross', () => {
	const axis = fitAxis(100, 1000);
	const range = { from: 20, to: 60 };
	expect(rangeDrag(axis, range, 300)).toBe(null);
	expect(rangeDrag(axis, null, 200)).toBe(null);
	expect(rangeDrag(axis, range, 203)?.(355)).toEqual({ from: 35, to: 60 });
	expect(rangeDrag(axis, range, 203)?.(999)).toEqual({ from: 59, to: 60 });
	expect(rangeDrag(axis, range, 597)?.(0)).toEqual({ from: 20, to: 21 });
	expect(rangeDrag(axis, range, 597)?.(995)).toEqual({ from: 20, to: 100 });
});
