import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	decodeRle,
	emptyRle,
	encodeRle,
	rleArea,
	rleBounds,
	rleFromString,
	rleToString,
} from '../../../preload/common/rle.ts';

const masks = fc
	.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) })
	.chain(({ width, height }) =>
		fc
			.uint8Array({ minLength: width * height, maxLength: width * height, max: 1 })
			.map((data) => ({ width, height, data })),
	);

test('a mask survives RLE and the compressed string', () => {
	fc.assert(
		fc.property(masks, (mask) => {
			const rle = encodeRle(mask);
			expect(decodeRle(rle)).toEqual(mask);
			expect(rleFromString(mask, rleToString(rle))).toEqual(rle);
			expect(rleArea(rle)).toBe(mask.data.reduce((sum, value) => sum + value, 0));
		}),
	);
});

test('bounds of an empty mask are all 0', () => {
	expect(rleBounds(emptyRle({ width: 7, height: 5 }))).toEqual([0, 0, 0, 0]);
});
