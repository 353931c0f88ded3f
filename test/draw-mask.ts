import type { Mask } from '../preload/common/picture.ts';

export type DrawStep =
	| ['rect', x0: number, y0: number, x1: number, y1: number, value: number]
	| ['disc', x: number, y: number, radius: number, value: number]
	| ['noise', seed: number, threshold: number];

/** Draws a mask by integer arithmetic; the golden scripts in Python draw the same. */
export function drawMask({ width, height }: { width: number; height: number }, steps: DrawStep[]): Mask {
	const data = new Uint8Array(width * height);
	for (const step of steps) {
		if (step[0] === 'noise') {
			const [, seed, threshold] = step;
			let state = seed;
			for (let at = 0; at < data.length; at++) {
				state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
				data[at] = state >>> 24 < threshold ? 1 : 0;
			}
		} else if (step[0] === 'disc') {
			const [, x, y, radius, value] = step;
			for (let row = Math.max(0, y - radius); row <= Math.min(height - 1, y + radius); row++) {
				for (let column = Math.max(0, x - radius); column <= Math.min(width - 1, x + radius); column++) {
					if ((row - y) ** 2 + (column - x) ** 2 <= radius ** 2) {
						data[row * width + column] = value;
					}
				}
			}
		} else {
			const [, x0, y0, x1, y1, value] = step;
			for (let row = y0; row < y1; row++) {
				data.fill(value, row * width + x0, row * width + x1);
			}
		}
	}
	return { width, height, data };
}
