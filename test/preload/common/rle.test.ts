import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	decodeRle,
	emptyRle,
	encodeRle,
	rleArea,
	rleBounds,
	rleFromBytes,
	rleFromCounts,
	rleFromString,
	rleToString,
} from '../../../preload/common/rle.ts';
import { isStudioError, type StudioError } from '../../../preload/common/studio-error.ts';

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

test('any value but 0 is inside, wherever the bytes lie', () => {
	const values = [0, 255, 1, 0, 7, 3, 0, 0, 255, 1, 2, 0];
	const expected = encodeRle({ width: 4, height: 3, data: Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)) });
	expect(encodeRle({ width: 4, height: 3, data: Uint8Array.from(values) })).toEqual(expected);
	const shifted = Uint8Array.from([9, ...values, 9]).subarray(1, 13);
	expect(encodeRle({ width: 4, height: 3, data: shifted })).toEqual(expected);
});

test('what is no mask is refused with the reason, and costs nothing', () => {
	const size = { width: 5, height: 4 };
	const reasonOf = (read: () => unknown) => {
		try {
			read();
		} catch (error) {
			expect(isStudioError(error, 'mask.malformed')).toBe(true);
			return (error as StudioError<'mask.malformed'>).data.reason;
		}
		return 'read';
	};
	const text = (counts: number[]) => rleToString({ ...size, counts: Uint32Array.from(counts) });
	expect(reasonOf(() => rleFromString(size, text([20])))).toBe('read');
	expect(reasonOf(() => rleFromString(size, ''))).toBe('its runs cover 0 of the 20 pixels of 5x4');
	expect(reasonOf(() => rleFromString(size, text([19])))).toBe('its runs cover 19 of the 20 pixels of 5x4');
	expect(reasonOf(() => rleFromString(size, text([3, 18])))).toBe('its runs cover more than the 20 pixels of 5x4');
	expect(reasonOf(() => rleFromString(size, '#'))).toBe('byte 0 is no part of the code');
	expect(reasonOf(() => rleFromString(size, '\u0134'))).toBe('byte 0 is no part of the code');
	expect(reasonOf(() => rleFromString(size, 'P'))).toBe('its last run is cut off');
	expect(reasonOf(() => rleFromString(size, 'PPPPPPPP0'))).toBe(
		'the run that ends at byte 7 is longer than any picture',
	);
	expect(reasonOf(() => rleFromString(size, 'O'))).toBe('run 0 has the length -1');
	expect(reasonOf(() => rleFromCounts(size, [3, 1.5, 15.5]))).toBe('run 1 has the length 1.5');
	expect(reasonOf(() => rleFromCounts(size, [3, -1, 18]))).toBe('run 1 has the length -1');
	expect(reasonOf(() => rleFromCounts(size, [3, 4]))).toBe('its runs cover 7 of the 20 pixels of 5x4');
	// Any bytes at all: a mask or a refusal, never anything else.
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 12, min: 40, max: 120 }), (bytes) => {
			try {
				expect(rleArea(rleFromBytes(size, bytes))).toBeLessThanOrEqual(20);
			} catch (error) {
				expect(isStudioError(error, 'mask.malformed')).toBe(true);
			}
		}),
	);
});

test('runs of length 0 in the middle are merged away', () => {
	const size = { width: 5, height: 4 };
	const canonical = Uint32Array.of(7, 4, 9);
	expect(rleFromCounts(size, [3, 0, 4, 4, 9]).counts).toEqual(canonical);
	expect(rleFromCounts(size, [7, 1, 0, 3, 9, 0]).counts).toEqual(canonical);
	const text = rleToString({ ...size, counts: Uint32Array.of(7, 1, 0, 3, 9, 0) });
	expect(rleFromString(size, text).counts).toEqual(canonical);
});

test('bounds of an empty mask are all 0', () => {
	expect(rleBounds(emptyRle({ width: 7, height: 5 }))).toEqual([0, 0, 0, 0]);
});
