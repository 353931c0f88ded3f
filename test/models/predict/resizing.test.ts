import { describe, expect, it } from 'vitest';
import { fillHoles, maskFromLogits, maskInSquare, resizePlane, stability } from '../../../models/predict/logits.ts';
import { resizeRgb } from '../../../models/predict/picture-input.ts';
import { fromBfloat16, toBfloat16 } from '../../../models/predict/bfloat16.ts';
import { seededEllipse, seededFrame } from '../../parity/seeded-clip.ts';
import { hashText } from '../../parity/seeded-weights.ts';

const hashOf = (bytes: Uint8Array) => hashText(Buffer.from(bytes).toString('base64'));

describe('resizing equals the reference byte for byte', () => {
	// Hashes of what Pillow 13.0 and PyTorch 2.13 give for the same pictures and masks. For tall pictures that shrink
	// Pillow 13 (not earlier ones) takes columns before rows, which rounds a few bytes differently.
	it.each([
		[640, 400, 128, 2698771891],
		[517, 333, 512, 2565862615],
		[128, 96, 128, 3891731841],
	])('a picture of %i x %i to %i', (width, height, edge, hash) => {
		const picture = seededFrame({ width, height, frames: 4, hidden: [] }, 3);
		expect(hashOf(resizeRgb(picture, edge, edge).data)).toBe(hash);
	});

	it.each([
		[640, 400, 2574, 3600131721, -7022.5, 3.88671875],
		[50, 31, 2576, 1218822205, -7020.0, -5.09765625],
		[333, 517, 2588, 119056893, -7005.0, 3.88671875],
	])('a mask of %i x %i to 128, and its logits to 32', (width, height, area, hash, sum, one) => {
		const square = maskInSquare(seededEllipse({ width, height }, [0.46, 0.52, 0.2, 0.25]), 128);
		expect(square.reduce((total, value) => total + value, 0)).toBe(area);
		expect(hashOf(Uint8Array.from(square))).toBe(hash);
		const data = square.map((value) => value * 20 - 10);
		const low = resizePlane({ width: 128, height: 128, data }, { width: 32, height: 32 });
		expect(low.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 2);
		expect(low[12 * 32 + 9]).toBeCloseTo(one, 5);
	});
});

it.each([
	[16, 9, 131, 77],
	[12, 12, 12, 12],
	[40, 30, 17, 50],
])(
	'logits of %i x %i are cut at 0 in %i x %i pixels as they are between the four around each',
	(wide, high, width, height) => {
		const logits = Float32Array.from({ length: wide * high }, (_, at) => Math.sin(3 * at) + Math.cos(at / 7) - 0.2);
		const mask = maskFromLogits(logits, { width: wide, height: high }, { width, height });
		const at = (output: number, inputs: number, outputs: number) => {
			const place = Math.max(0, ((output + 0.5) * inputs) / outputs - 0.5);
			const low = Math.min(inputs - 1, Math.floor(place));
			return { low, high: Math.min(inputs - 1, low + 1), share: place - low };
		};
		let different = 0;
		for (let y = 0; y < height; y++) {
			for (let x = 0; x < width; x++) {
				const [row, column] = [at(y, high, height), at(x, wide, width)];
				const between = (line: number) => {
					const [left, right] = [logits[line * wide + column.low]!, logits[line * wide + column.high]!];
					return left + column.share * (right - left);
				};
				const value = between(row.low) + row.share * (between(row.high) - between(row.low));
				// So close to 0 the order of the arithmetic decides.
				different += Math.abs(value) > 1e-5 && mask.data[y * width + x] !== (value > 0 ? 1 : 0) ? 1 : 0;
			}
		}
		expect(different).toBe(0);
		expect(mask.data.includes(1) && mask.data.includes(0)).toBe(true);
	},
);

it('small holes are filled, large ones and the outside are not', () => {
	const rows = [
		'............',
		'.##########.',
		'.#.##...###.',
		'.####...###.',
		'.####...####',
		'.##########.',
		'............',
	];
	const edge = 12;
	const logits = new Float32Array(edge * edge).fill(-5);
	rows.forEach((row, y) => [...row].forEach((cell, x) => (logits[y * edge + x] = cell === '#' ? 5 : -5)));
	const filled = fillHoles(logits, edge, 8);
	const changed = [...filled.keys()].filter((index) => filled[index] !== logits[index]);
	expect(changed.map((index) => [index % edge, Math.floor(index / edge), filled[index]])).toEqual([
		[2, 2, Math.fround(0.1)],
	]);
	expect(
		[...fillHoles(logits, edge, 9).keys()].filter((index) => fillHoles(logits, edge, 9)[index] !== logits[index])
			.length,
	).toBe(10);
});

it('stability is the IoU of the masks at a lower and a higher cut', () => {
	expect(stability(Float32Array.of(1, 1, 1, 0.01, -3))).toBe(0.75);
	expect(stability(Float32Array.of(-1, -1))).toBe(1);
});

it('bfloat16 rounds to the nearest, ties to even', () => {
	const values = Float32Array.of(1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, -1.00390625 - 2 ** -20, 3.14159274, 0);
	const back = new Float32Array(values.length + 1);
	fromBfloat16(toBfloat16(values), back, 1);
	expect([...back.subarray(1)]).toEqual([1, 1, 1 + 2 ** -6, -1.0078125, 3.140625, 0].map(Math.fround));
});
