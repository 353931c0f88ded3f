import { describe, expect, test } from 'vitest';
import { FrameIndex } from '../../main/media/frame-index.ts';

describe('frame index', () => {
	// Decode order of an open GOP: I0 P3 b1 b2 | I6 b4 b5 P8 b7, with one packet before the start of presentation.
	const packets = [
		{ timestampSeconds: -0.1, isKey: true, isShown: false },
		...[0, 3, 1, 2, 6, 4, 5, 8, 7].map((frameIndex) => ({
			timestampSeconds: 0.5 + frameIndex / 10,
			isKey: frameIndex === 0 || frameIndex === 6,
			isShown: true,
		})),
	];
	const index = FrameIndex.fromPackets(packets, 1.4);

	test('orders frames by presentation and leaves out what is not shown', () => {
		expect(index.frameCount).toBe(9);
		expect([...index.ptsSeconds]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => 0.5 + n / 10));
		expect([...index.frameOfPosition]).toEqual([-1, 0, 3, 1, 2, 6, 4, 5, 8, 7]);
		expect([...index.keyPositions]).toEqual([0, 1, 5]);
		expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => index.positionOfFrame(n))).toEqual([1, 3, 4, 2, 6, 7, 5, 9, 8]);
	});

	test('starts leading frames of an open GOP one key packet earlier', () => {
		expect([0, 3, 4, 5, 6, 7, 8].map((n) => index.startKeyOfFrame(n))).toEqual([1, 1, 1, 1, 2, 2, 2]);
	});

	test('finds the frame at a time', () => {
		expect([-1, 0.5, 0.59, 0.6, 1.3, 99].map((seconds) => index.frameAtTime(seconds))).toEqual([0, 0, 0, 1, 8, 8]);
	});

	test('survives the store, and refuses other bytes', () => {
		expect(FrameIndex.fromBytes(index.toBytes())).toEqual(index);
		expect(FrameIndex.fromBytes(index.toBytes().subarray(1))).toBeNull();
		expect(FrameIndex.fromBytes(index.toBytes().slice(0, -1))).toBeNull();
		expect(FrameIndex.fromBytes(new Uint8Array())).toBeNull();
	});
});
