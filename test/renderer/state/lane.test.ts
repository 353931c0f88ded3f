import { expect, test } from 'vitest';
import {
	anchorsIn,
	emptyLane,
	findFrame,
	findUncertain,
	heatRuns,
	isAnchorAt,
	kindAt,
	laneRuns,
	patchLane,
	summarise,
} from '../../../renderer/state/lane.ts';
import { laneText } from '../../../renderer/timeline/lane-tip.ts';

/** p prompted, e edited, . hole, ~ propagated, ? propagated and uncertain, ! the same with a poor score, x absent by model. */
function laneOf(text: string) {
	const codes: Record<string, [kind: number, flag: number, iou: number]> = {
		p: [1, 1, 240],
		e: [2, 1, 255],
		'~': [3, 0, 230],
		'?': [3, 2, 150],
		'!': [3, 2, 40],
		x: [6, 0, 255],
		'.': [0, 0, 255],
	};
	return {
		kinds: Uint8Array.from(text, (letter) => codes[letter]![0]),
		flags: Uint8Array.from(text, (letter) => codes[letter]![1]),
		ious: Uint8Array.from(text, (letter) => codes[letter]![2]),
	};
}

const lane = laneOf('..~~p~~??!~e~xx.');
const whole = { from: 0, to: 16 };

test('runs, anchors, heat and sums say what the lane has', () => {
	expect(laneRuns(lane, whole)).toEqual([
		{ from: 2, to: 4, kind: 'propagated' },
		{ from: 4, to: 5, kind: 'prompted' },
		{ from: 5, to: 11, kind: 'propagated' },
		{ from: 11, to: 12, kind: 'edited' },
		{ from: 12, to: 13, kind: 'propagated' },
		{ from: 13, to: 15, kind: 'emptyByModel' },
	]);
	expect(laneRuns(lane, { from: 6, to: 8 })).toEqual([{ from: 6, to: 8, kind: 'propagated' }]);
	expect(anchorsIn(lane, whole)).toEqual([4, 11]);
	expect(heatRuns(lane, whole)).toEqual([
		{ from: 7, to: 9, level: 1 },
		{ from: 9, to: 10, level: 2 },
	]);
	expect(summarise(lane)).toEqual({ maskCount: 11, anchorCount: 2, uncertainCount: 3, absentCount: 2 });
	expect([laneText(lane, 0), laneText(lane, 4), laneText(lane, 9), laneText(lane, 13)]).toEqual([
		'nothing yet',
		'prompted · 0.94 · anchor',
		'propagated · 0.16 · probably wrong',
		'absent, says the model',
	]);
});

test('jumps find the next anchor and the start of the next doubtful stretch, in both directions and over lanes', () => {
	const other = laneOf('e~~~~~~~~~~~~~?~');
	const search = { frameCount: 16 };
	expect(findFrame([lane], { ...search, from: 4, step: 1, fits: isAnchorAt })).toBe(11);
	expect(findFrame([lane], { ...search, from: 4, step: -1, fits: isAnchorAt })).toBe(null);
	expect(findFrame([lane, other], { ...search, from: 4, step: -1, fits: isAnchorAt })).toBe(0);
	expect(findUncertain([lane], { ...search, from: 0, step: 1 })).toBe(7);
	expect(findUncertain([lane], { ...search, from: 7, step: 1 })).toBe(null);
	expect(findUncertain([lane, other], { ...search, from: 7, step: 1 })).toBe(14);
	expect(findUncertain([lane], { ...search, from: 15, step: -1 })).toBe(7);
});

test('a run patches frames without touching the lane it started from', () => {
	const before = emptyLane(4);
	const after = patchLane(before, {
		frameIndexes: Int32Array.from([2, 3, 9]),
		kinds: Uint8Array.from([3, 6, 3]),
		flags: Uint8Array.from([0, 2, 0]),
		ious: Uint8Array.from([200, 255, 1]),
	});
	expect(before).toEqual(emptyLane(4));
	expect([0, 1, 2, 3].map((frame) => kindAt(after, frame))).toEqual([null, null, 'propagated', 'emptyByModel']);
	expect([...after.ious]).toEqual([255, 255, 200, 255]);
});
