import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRle } from '../../../preload/common/rle.ts';
import { polygonArea, strokeArea } from '../../../renderer/editor/raster.ts';

function picture(rle: Parameters<typeof decodeRle>[0]): string[] {
	const { width, height, data } = decodeRle(rle);
	return Array.from({ length: height }, (_, row) =>
		[...data.slice(row * width, (row + 1) * width)].map((value) => (value ? '#' : '.')).join(''),
	);
}

test('a dab covers the pixels whose centre is within the radius; the smallest brush paints the pixel it is in', () => {
	expect(picture(strokeArea({ width: 7, height: 5 }, [{ x: 3.5, y: 2.5 }], 1.5))).toEqual([
		'.......',
		'..###..',
		'..###..',
		'..###..',
		'.......',
	]);
	expect(picture(strokeArea({ width: 4, height: 2 }, [{ x: 2.95, y: 0.05 }], 0.1))).toEqual(['..#.', '....']);
	expect(
		picture(
			strokeArea(
				{ width: 6, height: 4 },
				[
					{ x: -5, y: 1.5 },
					{ x: 20, y: 1.5 },
				],
				0.6,
			),
		),
	).toEqual(['......', '######', '......', '......']);
});

test('a polygon fills by pixel centres, even-odd, clipped to the picture', () => {
	const corners = [
		{ x: -3, y: 1 },
		{ x: 3, y: 1 },
		{ x: 3, y: 9 },
		{ x: -3, y: 9 },
	];
	expect(picture(polygonArea({ width: 5, height: 4 }, corners))).toEqual(['.....', '###..', '###..', '###..']);
	const bow = [
		{ x: 0, y: 0.2 },
		{ x: 5, y: 4.8 },
		{ x: 5, y: 0.2 },
		{ x: 0, y: 4.8 },
	];
	expect(picture(polygonArea({ width: 5, height: 5 }, bow))).toEqual(['.....', '#...#', '#####', '#...#', '.....']);
});

test('strokes equal the distance to the line, pixel by pixel', () => {
	const coordinate = fc.double({ min: -4, max: 24, noNaN: true });
	const point = fc.record({ x: coordinate, y: coordinate });
	fc.assert(
		fc.property(
			fc.array(point, { minLength: 1, maxLength: 4 }),
			fc.double({ min: 0.5, max: 6, noNaN: true }),
			(points, radius) => {
				const { width, data } = decodeRle(strokeArea({ width: 20, height: 20 }, points, radius));
				for (let at = 0; at < data.length; at++) {
					const centre = { x: (at % width) + 0.5, y: Math.floor(at / width) + 0.5 };
					const distance = distanceToLine(points, centre);
					const isUnderPoint = points.some(
						({ x, y }) => Math.floor(x) === centre.x - 0.5 && Math.floor(y) === centre.y - 0.5,
					);
					if (Math.abs(distance - radius) > 1e-9) {
						expect(data[at] === 1).toBe(distance < radius || isUnderPoint);
					}
				}
			},
		),
		{ numRuns: 60 },
	);
});

type Point = { x: number; y: number };

function distanceToLine(points: readonly Point[], at: Point): number {
	const pairs = points.map((end, index) => [points[index - 1] ?? end, end] as const);
	return Math.min(
		...pairs.map(([start, end]) => {
			const length = Math.hypot(end.x - start.x, end.y - start.y);
			const along =
				length === 0 ? 0 : ((at.x - start.x) * (end.x - start.x) + (at.y - start.y) * (end.y - start.y)) / length ** 2;
			const t = Math.min(1, Math.max(0, along));
			return Math.hypot(at.x - start.x - t * (end.x - start.x), at.y - start.y - t * (end.y - start.y));
		}),
	);
}
