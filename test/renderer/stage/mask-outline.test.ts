import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeRle } from '../../../preload/common/rle.ts';
import { maskOutline } from '../../../renderer/stage/mask-outline.ts';

test('the outline of a square with a hole is eight straight pieces', () => {
	const rows = ['.....', '.###.', '.#.#.', '.###.', '.....'];
	const data = Uint8Array.from(rows.join(''), (letter) => (letter === '#' ? 1 : 0));
	const edges = maskOutline(encodeRle({ width: 5, height: 5, data }));
	const pieces = Array.from({ length: edges.length / 4 }, (_, at) => [...edges.slice(4 * at, 4 * at + 4)].join(' '));
	expect(pieces.sort()).toEqual([
		'1 1 1 4',
		'1 1 4 1',
		'1 4 4 4',
		'2 2 2 3',
		'2 2 3 2',
		'2 3 3 3',
		'3 2 3 3',
		'4 1 4 4',
	]);
});

test('pieces cover every border between a set and an unset pixel once, and nothing else', () => {
	const masks = fc
		.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) })
		.chain(({ width, height }) =>
			fc
				.uint8Array({ minLength: width * height, maxLength: width * height, max: 1 })
				.map((data) => ({ width, height, data })),
		);
	fc.assert(
		fc.property(masks, (mask) => {
			const isSet = (column: number, row: number) =>
				column >= 0 &&
				row >= 0 &&
				column < mask.width &&
				row < mask.height &&
				mask.data[row * mask.width + column] === 1;
			const expected: string[] = [];
			for (let row = 0; row <= mask.height; row++) {
				for (let column = 0; column <= mask.width; column++) {
					if (isSet(column - 1, row) !== isSet(column, row)) {
						expected.push(`| ${column} ${row}`);
					}
					if (isSet(column, row - 1) !== isSet(column, row)) {
						expected.push(`- ${column} ${row}`);
					}
				}
			}
			const edges = maskOutline(encodeRle(mask));
			const covered: string[] = [];
			for (let at = 0; at < edges.length; at += 4) {
				const [x0, y0, x1, y1] = edges.slice(at, at + 4) as unknown as [number, number, number, number];
				for (let step = 0; step < x1 - x0 + y1 - y0; step++) {
					covered.push(x0 === x1 ? `| ${x0} ${y0 + step}` : `- ${x0 + step} ${y0}`);
				}
			}
			expect(covered.sort()).toEqual(expected.sort());
		}),
	);
});
