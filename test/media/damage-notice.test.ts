import { expect, test } from 'vitest';
import { damageNotice } from '../../main/media/index.ts';

test('unreadable frames are named by their spans', () => {
	expect(damageNotice([])).toBeNull();
	expect(damageNotice([7])).toBe('1 frame cannot be read, because the source is damaged there: 7');
	expect(damageNotice([30, 31, 32, 44])).toBe(
		'4 frames cannot be read, because the source is damaged there: 30-32, 44',
	);
	const many = Array.from({ length: 12 }, (_, order) => order * 2);
	expect(damageNotice(many)).toBe(
		'12 frames cannot be read, because the source is damaged there: 0, 2, 4, 6, 8, 10, 12, 14, 16, 18 and 2 more places',
	);
});
