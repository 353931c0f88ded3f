import { expect, test } from 'vitest';
import { cleanMask, resizeMask } from '../../../preload/common/mask-pixels.ts';
import type { Mask } from '../../../preload/common/picture.ts';

test('a mask scales without smoothing', () => {
	const mask = drawn(['#.', '.#']);
	expect(rows(resizeMask(mask, { width: 4, height: 6 }))).toEqual(['##..', '##..', '##..', '..##', '..##', '..##']);
	expect(rows(resizeMask(resizeMask(mask, { width: 7, height: 5 }), mask))).toEqual(['#.', '.#']);
});

test('cleaning drops specks and fills holes, and leaves bays and the background alone', () => {
	const mask = drawn([
		'#.........',
		'..#######.',
		'..#.###.#.',
		'..####.##.',
		'..#######.',
		'..##...##.',
		'..##...##.',
		'.........#',
	]);
	expect(rows(cleanMask(mask, 3))).toEqual([
		'..........',
		'..#######.',
		'..#######.',
		'..#######.',
		'..#######.',
		'..##...##.',
		'..##...##.',
		'.........#',
	]);
	expect(rows(cleanMask(drawn(['...', '.#.', '...']), 1))).toEqual(['...', '.#.', '...']);
});

function drawn(lines: string[]): Mask {
	return {
		width: lines[0]!.length,
		height: lines.length,
		data: Uint8Array.from(lines.join(''), (mark) => (mark === '#' ? 1 : 0)),
	};
}

function rows({ width, height, data }: Mask): string[] {
	return Array.from({ length: height }, (_, row) =>
		Array.from(data.subarray(row * width, (row + 1) * width), (value) => (value ? '#' : '.')).join(''),
	);
}
