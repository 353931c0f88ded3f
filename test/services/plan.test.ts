import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planTrack } from '../../main/services/track/plan.ts';

const seen = (frameIndex: number) => ({ frameIndex, isAbsent: false });
const absent = (frameIndex: number) => ({ frameIndex, isAbsent: true });
const filled = () => false;
const all = { from: 0, to: 100 };

test('both ways: one sweep outside the outer anchors, halves between them', () => {
	expect(planTrack({ anchors: [seen(20), seen(31)], range: all, direction: 'both', isHole: filled })).toEqual({
		forward: [
			{ anchorFrameIndex: 20, firstFrameIndex: 21, lastFrameIndex: 25 },
			{ anchorFrameIndex: 31, firstFrameIndex: 32, lastFrameIndex: 99 },
		],
		backward: [
			{ anchorFrameIndex: 31, firstFrameIndex: 30, lastFrameIndex: 26 },
			{ anchorFrameIndex: 20, firstFrameIndex: 19, lastFrameIndex: 0 },
		],
		frameCount: 98,
	});
});

test('a range without an anchor starts from the nearest one outside it', () => {
	expect(planTrack({ anchors: [seen(5)], range: { from: 40, to: 50 }, direction: 'both', isHole: filled })).toEqual({
		forward: [{ anchorFrameIndex: 5, firstFrameIndex: 40, lastFrameIndex: 49 }],
		backward: [],
		frameCount: 10,
	});
	expect(
		planTrack({ anchors: [seen(60)], range: { from: 40, to: 50 }, direction: 'forward', isHole: filled }).frameCount,
	).toBe(0);
});

test('an absent anchor starts no sweep towards an anchor that shows the object', () => {
	expect(
		planTrack({ anchors: [seen(10), absent(20)], range: { from: 10, to: 30 }, direction: 'both', isHole: filled }),
	).toEqual({
		forward: [
			{ anchorFrameIndex: 10, firstFrameIndex: 11, lastFrameIndex: 19 },
			{ anchorFrameIndex: 20, firstFrameIndex: 21, lastFrameIndex: 29 },
		],
		backward: [],
		frameCount: 18,
	});
});

test('one direction leaves the other half alone, except for its holes', () => {
	const options = { anchors: [seen(0), seen(10)], range: { from: 0, to: 11 }, direction: 'forward' as const };
	expect(planTrack({ ...options, isHole: filled }).forward).toEqual([
		{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex: 5 },
	]);
	expect(planTrack({ ...options, isHole: (frame) => frame === 8 }).forward).toEqual([
		{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex: 8 },
	]);
});

test('between: the whole stretch between two anchors that show the object, and nothing else', () => {
	const gone = { frameIndex: 30, isAbsent: true };
	const options = { anchors: [seen(10), seen(20), gone, seen(40)], direction: 'between', isHole: filled } as const;
	expect(planTrack({ ...options, range: all })).toEqual({
		forward: [{ anchorFrameIndex: 10, firstFrameIndex: 11, lastFrameIndex: 19 }],
		backward: [],
		frameCount: 9,
	});
	expect(planTrack({ ...options, range: { from: 14, to: 17 } }).forward).toEqual([
		{ anchorFrameIndex: 10, firstFrameIndex: 14, lastFrameIndex: 16 },
	]);
});

test('every frame of the range is written once and no anchor ever', () => {
	const anchors = fc
		.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 8 })
		.chain((frames) =>
			fc
				.array(fc.boolean(), { minLength: frames.length, maxLength: frames.length })
				.map((flags) =>
					frames
						.sort((first, second) => first - second)
						.map((frameIndex, index) => ({ frameIndex, isAbsent: flags[index]! })),
				),
		);
	fc.assert(
		fc.property(anchors, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 31, max: 61 }), (list, from, to) => {
			const plan = planTrack({ anchors: list, range: { from, to }, direction: 'both', isHole: filled });
			const written: number[] = [];
			for (const segment of [...plan.forward, ...plan.backward]) {
				const low = Math.min(segment.firstFrameIndex, segment.lastFrameIndex);
				const high = Math.max(segment.firstFrameIndex, segment.lastFrameIndex);
				for (let frame = low; frame <= high; frame++) {
					written.push(frame);
				}
			}
			const taken = new Set(list.map((anchor) => anchor.frameIndex));
			const expected = Array.from({ length: to - from }, (_, index) => from + index).filter(
				(frame) => !taken.has(frame),
			);
			expect(written.sort((first, second) => first - second)).toEqual(expected);
			expect(plan.frameCount).toBe(expected.length);
		}),
	);
});
