import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RgbPicture } from '../../preload/common/picture.ts';

const clipFolder = fileURLToPath(new URL('../../../shared/data/media/', import.meta.url));

export const hasClips = existsSync(clipFolder);
export const clipPath = (name: string): string => clipFolder + name;
export const samplePath = fileURLToPath(new URL('../../resources/sample/sample.mp4', import.meta.url));

if (!hasClips) {
	console.log('skipped: tests on ../shared/data/media, which is not here');
}

/** The number that the clips show: bit b is a square of 16 pixels at x = 8 + 20 b, y = 8, white for 1. */
export function frameNumber({ width, data }: RgbPicture): number {
	let number = 0;
	for (let bit = 0; bit < 12; bit++) {
		const red = data[3 * (16 * width + 16 + 20 * bit)]!;
		number |= (red > 128 ? 1 : 0) << bit;
	}
	return number;
}

/** Mean red, green and blue of a square. */
export function meanColour(
	{ width, data }: RgbPicture,
	{ left, top, size }: { left: number; top: number; size: number },
): number[] {
	const sums = [0, 0, 0];
	for (let row = top; row < top + size; row++) {
		for (let column = left; column < left + size; column++) {
			for (const channel of sums.keys()) {
				sums[channel]! += data[3 * (row * width + column) + channel]!;
			}
		}
	}
	return sums.map((sum) => sum / size ** 2);
}

export function fingerprint({ width, height, data }: RgbPicture): string {
	return `${width}x${height} ${createHash('sha1').update(data).digest('hex')}`;
}

/** The numbers 0 to count - 1 in an order that is the same in every run. */
export function shuffled(count: number): number[] {
	const numbers = [...Array(count).keys()];
	let state = 12345;
	for (let i = count - 1; i > 0; i--) {
		state = (state * 1103515245 + 12345) % 2147483648;
		const j = state % (i + 1);
		[numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
	}
	return numbers;
}
