import type { Point, Size } from '../../preload/common/geometry.ts';
import { encodeRle, type Rle } from '../../preload/common/rle.ts';

/**
 * Pixels under a brush stroke: those whose centre is within `radius` of the line through `points`, and always the
 * pixels that the points themselves are in, so that the smallest brush still paints.
 */
export function strokeArea(size: Size, points: readonly Point[], radius: number): Rle {
	const data = new Uint8Array(size.width * size.height);
	points.forEach((point, index) => {
		markPixel(data, size, point);
		markCapsule(data, size, points[index - 1] ?? point, point, radius);
	});
	return encodeRle({ ...size, data });
}

/** Pixels whose centre is inside a polygon, by the even-odd rule. */
export function polygonArea(size: Size, points: readonly Point[]): Rle {
	const data = new Uint8Array(size.width * size.height);
	const { first, last } = rowsOf(size, points, 0);
	for (let row = first; row <= last; row++) {
		const crossings = crossingsAt(points, row + 0.5);
		for (let index = 0; index + 1 < crossings.length; index += 2) {
			const from = Math.max(0, Math.ceil(crossings[index]! - 0.5));
			const to = Math.min(size.width, Math.ceil(crossings[index + 1]! - 0.5));
			if (from < to) {
				data.fill(1, row * size.width + from, row * size.width + to);
			}
		}
	}
	return encodeRle({ ...size, data });
}

/** Where a horizontal line cuts a polygon, ascending. */
function crossingsAt(points: readonly Point[], y: number): number[] {
	const crossings: number[] = [];
	points.forEach((end, index) => {
		const start = points[(index + points.length - 1) % points.length]!;
		if (start.y <= y !== end.y <= y) {
			crossings.push(start.x + ((y - start.y) / (end.y - start.y)) * (end.x - start.x));
		}
	});
	return crossings.sort((a, b) => a - b);
}

function markPixel(data: Uint8Array, size: Size, point: Point): void {
	const column = Math.floor(point.x);
	const row = Math.floor(point.y);
	if (column >= 0 && row >= 0 && column < size.width && row < size.height) {
		data[row * size.width + column] = 1;
	}
}

/** Marks pixels whose centre is within `radius` of the segment from `start` to `end`. */
function markCapsule(data: Uint8Array, size: Size, start: Point, end: Point, radius: number): void {
	const { first, last } = rowsOf(size, [start, end], radius);
	const dx = end.x - start.x;
	const dy = end.y - start.y;
	const lengthSquared = dx * dx + dy * dy;
	const left = Math.max(0, Math.floor(Math.min(start.x, end.x) - radius - 0.5));
	const right = Math.min(size.width - 1, Math.ceil(Math.max(start.x, end.x) + radius));
	for (let row = first; row <= last; row++) {
		for (let column = left; column <= right; column++) {
			const px = column + 0.5 - start.x;
			const py = row + 0.5 - start.y;
			const along = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared));
			const offX = px - along * dx;
			const offY = py - along * dy;
			if (offX * offX + offY * offY <= radius * radius) {
				data[row * size.width + column] = 1;
			}
		}
	}
}

function rowsOf(size: Size, points: readonly Point[], margin: number): { first: number; last: number } {
	let top = Infinity;
	let bottom = -Infinity;
	for (const point of points) {
		top = Math.min(top, point.y);
		bottom = Math.max(bottom, point.y);
	}
	return {
		first: Math.max(0, Math.floor(top - margin - 0.5)),
		last: Math.min(size.height - 1, Math.ceil(bottom + margin)),
	};
}
