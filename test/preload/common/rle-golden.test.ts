import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeRle, encodeRle, rleArea, rleBounds, rleFromString, rleToString } from '../../../preload/common/rle.ts';
import { drawMask, type DrawStep } from '../../draw-mask.ts';

type Case = {
	name: string;
	width: number;
	height: number;
	steps: DrawStep[];
	counts: string;
	area: number;
	bbox: number[];
};

/** Made by golden/make_rle.py from the same recipes. */
const cases = JSON.parse(readFileSync(new URL('golden/rle.json', import.meta.url), 'utf8')) as Case[];

test.each(cases)('$name: counts, area, bounds and pixels are those of pycocotools', (golden) => {
	const mask = drawMask(golden, golden.steps);
	const rle = encodeRle(mask);
	expect(rleToString(rle)).toBe(golden.counts);
	expect(rleArea(rle)).toBe(golden.area);
	expect(rleBounds(rle)).toEqual(golden.bbox);
	const read = rleFromString(golden, golden.counts);
	expect(Buffer.compare(Buffer.from(read.counts.buffer), Buffer.from(rle.counts.buffer))).toBe(0);
	expect(Buffer.compare(decodeRle(read).data, mask.data)).toBe(0);
});
