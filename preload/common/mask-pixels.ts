import { assert } from './assert.ts';
import type { Mask } from './picture.ts';

/** A mask scaled to another size without smoothing: each pixel takes the one under its middle. */
export function resizeMask(mask: Mask, size: { width: number; height: number }): Mask {
	const { width, height } = size;
	const data = new Uint8Array(width * height);
	const columns = Uint32Array.from({ length: width }, (_, column) => Math.floor(((column + 0.5) * mask.width) / width));
	for (let row = 0; row < height; row++) {
		const from = Math.floor(((row + 0.5) * mask.height) / height) * mask.width;
		for (let column = 0, to = row * width; column < width; column++, to++) {
			data[to] = mask.data[from + columns[column]!]!;
		}
	}
	return { width, height, data };
}

/**
 * Drops parts of fewer than `minimumArea` pixels and fills holes of fewer (parts touch also at corners, holes at sides
 * alone, so that a hole never leaks through a diagonal line). SA-V's cleaning of automatic masklets, with 200.
 */
export function cleanMask(mask: Mask, minimumArea: number): Mask {
	const cleaned: Mask = { ...mask, data: mask.data.map((value) => (value === 0 ? 0 : 1)) };
	flipSmallRegions(cleaned, { value: 1, minimumArea, touchesAtCorners: true });
	flipSmallRegions(cleaned, { value: 0, minimumArea, touchesAtCorners: false });
	return cleaned;
}

type RegionRule = { value: 0 | 1; minimumArea: number; touchesAtCorners: boolean };

/** Regions of background that reach the picture's border are no holes and stay. */
function flipSmallRegions({ width, height, data }: Mask, { value, minimumArea, touchesAtCorners }: RegionRule): void {
	const isSeen = new Uint8Array(data.length);
	const stack = new Uint32Array(data.length);
	const steps = touchesAtCorners
		? [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1]
		: [-width, -1, 1, width];
	for (let start = 0; start < data.length; start++) {
		if (isSeen[start] || data[start] !== value) {
			continue;
		}
		let end = 1;
		let touchesBorder = false;
		stack[0] = start;
		isSeen[start] = 1;
		// The list of a region's pixels is also the queue of those to look around.
		for (let next = 0; next < end; next++) {
			const at = stack[next]!;
			const column = at % width;
			touchesBorder ||= column === 0 || column === width - 1 || at < width || at >= data.length - width;
			for (const step of steps) {
				const to = at + step;
				const isNear = Math.abs((to % width) - column) <= 1 && to >= 0 && to < data.length;
				if (isNear && !isSeen[to] && data[to] === value) {
					isSeen[to] = 1;
					stack[end++] = to;
				}
			}
		}
		if (end < minimumArea && (value === 1 || !touchesBorder)) {
			for (let next = 0; next < end; next++) {
				data[stack[next]!] = value === 1 ? 0 : 1;
			}
		}
	}
	assert(width * height === data.length, 'mask of another size');
}
