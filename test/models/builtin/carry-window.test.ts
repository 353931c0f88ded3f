import { expect, test } from 'vitest';
import { carryWindow, wholeWindow } from '../../../models/builtin/carry-window.ts';

const size = { width: 464, height: 256 };

function maskOf(box: { left: number; top: number; right: number; bottom: number }): Float32Array {
	return Float32Array.from({ length: size.width * size.height }, (_, at) => {
		const [x, y] = [at % size.width, Math.floor(at / size.width)];
		return x >= box.left && x < box.right && y >= box.top && y < box.bottom ? 0.9 : 0.2;
	});
}

test.each([
	['in the middle', { left: 200, top: 100, right: 240, bottom: 130 }],
	['in a corner', { left: 0, top: 230, right: 12, bottom: 256 }],
	['that is wide', { left: 300, top: 20, right: 420, bottom: 50 }],
])('an object %s is looked for around it, in whole tokens, in no less than the network was trained on', (_, box) => {
	const { left, top, width, height } = carryWindow(maskOf(box), size);
	expect([left % 8, top % 8, width % 8, height % 8]).toEqual([0, 0, 0, 0]);
	expect(Math.min(left, top, size.width - left - width, size.height - top - height)).toBeGreaterThanOrEqual(0);
	expect(Math.min(width, height)).toBeGreaterThanOrEqual(160);
	expect(width * height).toBeLessThan(0.8 * size.width * size.height);
	// Where the frame goes on there is room for it to move.
	expect(left).toBeLessThanOrEqual(Math.max(0, box.left - 32));
	expect(top).toBeLessThanOrEqual(Math.max(0, box.top - 32));
	expect(left + width).toBeGreaterThanOrEqual(Math.min(size.width, box.right + 32));
	expect(top + height).toBeGreaterThanOrEqual(Math.min(size.height, box.bottom + 32));
});

test('one that was nowhere is looked for everywhere, and so is one that fills the frame', () => {
	expect(carryWindow(new Float32Array(size.width * size.height), size)).toEqual(wholeWindow(size));
	expect(carryWindow(maskOf({ left: 100, top: 40, right: 350, bottom: 220 }), size)).toEqual(wholeWindow(size));
});

test('a frame smaller than the least window is looked at as a whole', () => {
	const small = { width: 96, height: 64 };
	const dot = new Float32Array(96 * 64);
	dot[7 * 96 + 85] = 1;
	expect(carryWindow(dot, small)).toEqual(wholeWindow(small));
});
