import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeRle } from '../../../preload/common/rle.ts';
import { maskLoops, smoothLoop } from '../../../renderer/stage/mask-outline.ts';

test('a square with a hole has an outer loop clockwise and an inner one the other way', () => {
	const rows = ['.....', '.###.', '.#.#.', '.###.', '.....'];
	const data = Uint8Array.from(rows.join(''), (letter) => (letter === '#' ? 1 : 0));
	const loops = maskLoops(encodeRle({ width: 5, height: 5, data }));
	expect(loops.map((loop) => [loop.length / 2, area(loop)])).toEqual([
		[4, 9],
		[4, -1],
	]);
	const [outer] = loops;
	expect([...smoothLoop(outer!)].every((value) => value >= 1 && value <= 4)).toBe(true);
	expect(smoothLoop(Int32Array.from([0, 0, 1, 0, 1, 1, 0, 1]))).toEqual(
		Float32Array.from([0.5, 0, 1, 0.5, 0.5, 1, 0, 0.5]),
	);
});

test('loops cover every border between a set and an unset pixel once, and nothing else, and enclose the area', () => {
	const masks = fc
		.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) })
		.chain(({ width, height }) =>
			fc
				.uint8Array({ minLength: width * height, maxLength: width * height, max: 1 })
				.map((data) => ({ width, height, data })),
		);
	fc.assert(
		fc.property(masks, (mask) => {
			const loops = maskLoops(encodeRle(mask));
			expect(loops.flatMap(unitEdges).sort()).toEqual(borders(mask).sort());
			expect(loops.reduce((sum, loop) => sum + area(loop), 0)).toBe(mask.data.reduce((sum, value) => sum + value, 0));
		}),
	);
});

/** Of a closed loop, positive when clockwise (y grows down). */
function area(loop: Int32Array): number {
	let sum = 0;
	for (let at = 0; at < loop.length; at += 2) {
		const [x0, y0] = [loop[at]!, loop[at + 1]!];
		const [x1, y1] = [loop[(at + 2) % loop.length]!, loop[(at + 3) % loop.length]!];
		sum += x0 * y1 - x1 * y0;
	}
	return sum / 2;
}

function unitEdges(loop: Int32Array): string[] {
	const edges: string[] = [];
	for (let at = 0; at < loop.length; at += 2) {
		const [x0, y0] = [loop[at]!, loop[at + 1]!];
		const [x1, y1] = [loop[(at + 2) % loop.length]!, loop[(at + 3) % loop.length]!];
		for (let x = Math.min(x0, x1); x < Math.max(x0, x1); x++) {
			edges.push(`- ${x} ${y0}`);
		}
		for (let y = Math.min(y0, y1); y < Math.max(y0, y1); y++) {
			edges.push(`| ${x0} ${y}`);
		}
	}
	return edges;
}

function borders(mask: { width: number; height: number; data: Uint8Array }): string[] {
	const isSet = (column: number, row: number) =>
		column >= 0 && row >= 0 && column < mask.width && row < mask.height && mask.data[row * mask.width + column] === 1;
	const found: string[] = [];
	for (let row = 0; row <= mask.height; row++) {
		for (let column = 0; column <= mask.width; column++) {
			if (isSet(column - 1, row) !== isSet(column, row)) {
				found.push(`| ${column} ${row}`);
			}
			if (isSet(column, row - 1) !== isSet(column, row)) {
				found.push(`- ${column} ${row}`);
			}
		}
	}
	return found;
}
