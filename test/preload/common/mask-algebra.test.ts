import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intersectRles, rleIou, subtractRles, uniteRles } from '../../../preload/common/mask-algebra.ts';
import { decodeRle, encodeRle } from '../../../preload/common/rle.ts';

const pairs = fc
	.record({ width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) })
	.chain((size) => {
		const length = size.width * size.height;
		const data = fc.uint8Array({ minLength: length, maxLength: length, max: 1 });
		return fc.tuple(
			data.map((pixels) => ({ ...size, data: pixels })),
			data.map((pixels) => ({ ...size, data: pixels })),
		);
	});

test('set operations on runs are those on pixels', () => {
	fc.assert(
		fc.property(pairs, ([first, second]) => {
			const [a, b] = [encodeRle(first), encodeRle(second)];
			const pixels = (merge: (inFirst: number, inSecond: number) => number) => ({
				...first,
				data: first.data.map((value, index) => merge(value, second.data[index]!)),
			});
			const union = pixels((x, y) => x | y);
			const both = pixels((x, y) => x & y);
			expect(uniteRles(a, b)).toEqual(encodeRle(union));
			expect(intersectRles(a, b)).toEqual(encodeRle(both));
			expect(decodeRle(subtractRles(a, b))).toEqual(pixels((x, y) => x & (1 - y)));
			const area = (mask: typeof first) => mask.data.reduce((sum, value) => sum + value, 0);
			expect(rleIou(a, b)).toBe(area(union) === 0 ? 1 : area(both) / area(union));
		}),
	);
});
