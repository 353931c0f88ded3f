import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Mask } from '../../../preload/common/picture.ts';
import { decodeRle, encodeRle, rleArea, rleBounds, rleFromString, rleToString } from '../../../preload/common/rle.ts';

type Step =
	| ['rect', x0: number, y0: number, x1: number, y1: number, value: number]
	| ['disc', x: number, y: number, radius: number, value: number]
	| ['noise', seed: number, threshold: number];
type Case = {
	name: string;
	width: number;
	height: number;
	steps: Step[];
	counts: string;
	area: number;
	bbox: number[];
};

/** Made by golden/make_rle.py from the same recipes. */
const cases = JSON.parse(readFileSync(new URL('golden/rle.json', import.meta.url), 'utf8')) as Case[];

test.each(cases)('$name: counts, area, bounds and pixels are those of pycocotools', (golden) => {
	const mask = draw(golden);
	const rle = encodeRle(mask);
	expect(rleToString(rle)).toBe(golden.counts);
	expect(rleArea(rle)).toBe(golden.area);
	expect(rleBounds(rle)).toEqual(golden.bbox);
	const read = rleFromString(golden, golden.counts);
	expect(Buffer.compare(Buffer.from(read.counts.buffer), Buffer.from(rle.counts.buffer))).toBe(0);
	expect(Buffer.compare(decodeRle(read).data, mask.data)).toBe(0);
});

function draw({ width, height, steps }: Case): Mask {
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
			for (let row = y - radius; row <= y + radius; row++) {
				for (let column = x - radius; column <= x + radius; column++) {
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
