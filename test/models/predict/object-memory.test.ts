import { describe, expect, it } from 'vitest';
import type { RememberedState } from '../../../models/predict/object-memory.ts';
import { anchorsInReach, ObjectMemory, selectAnchors } from '../../../models/predict/object-memory.ts';

/** A state that can be told from others by its frame. */
function stateOf(frame: number): RememberedState {
	return {
		logits: new Float32Array(),
		pointer: Float32Array.of(frame),
		memory: Uint16Array.of(frame),
		objectScore: 1,
		predictedIou: 1,
		stability: 1,
	};
}

describe('the memory bank', () => {
	it('stays as small after five thousand frames as after twenty', () => {
		const memory = new ObjectMemory();
		memory.setAnchor(0, stateOf(0));
		for (let frame = 1; frame < 5000; frame++) {
			const { memories, pointers } = memory.select(frame, { direction: 'forward', frameCount: 5000, maxAnchors: 4 });
			expect(memories.length).toBe(Math.min(7, frame));
			expect(pointers.length).toBe(Math.min(16, frame));
			memory.remember(frame, stateOf(frame));
		}
		const last = memory.select(4999, { direction: 'forward', frameCount: 5000, maxAnchors: 4 });
		expect(last.memories.map(({ memory: of, row }) => [of[0], row])).toEqual([
			[0, 6],
			[4993, 5],
			[4994, 4],
			[4995, 3],
			[4996, 2],
			[4997, 1],
			[4998, 0],
		]);
		expect(last.pointers[0]).toEqual({ pointer: Float32Array.of(0), time: 4999 / 15 });
		expect(last.pointers.slice(1).map(({ pointer, time }) => [pointer[0], Math.round(time * 15)])).toEqual(
			Array.from({ length: 15 }, (_, index) => [4998 - index, index + 1]),
		);
		// What a run left behind is gone: only its last frames are known.
		expect([memory.at(4980), memory.at(4983)]).toEqual([null, null]);
		expect(memory.at(4984)?.pointer[0]).toBe(4984);
	});

	it('takes one anchor before, one after, then the nearest; the others count as ordinary frames', () => {
		const anchors = [0, 10, 18, 20, 22, 60];
		expect(selectAnchors(anchors, 30, 4).sort((a, b) => a - b)).toEqual([18, 20, 22, 60]);
		expect(selectAnchors(anchors, 30, 2)).toEqual([22, 60]);
		expect(selectAnchors(anchors, 5, 3)).toEqual([0, 10, 18]);
		expect(selectAnchors([3], 9, 4)).toEqual([3]);
		expect(anchorsInReach(anchors, 23, { direction: 'forward', maxAnchors: 2 })).toEqual([10, 18, 20, 22, 60]);
		expect(anchorsInReach(anchors, 23, { direction: 'backward', maxAnchors: 2 })).toEqual([22, 60]);

		const memory = new ObjectMemory();
		anchors.forEach((frame) => memory.setAnchor(frame, stateOf(frame)));
		const context = { direction: 'forward', frameCount: 100, maxAnchors: 2 } as const;
		const { memories, pointers } = memory.select(23, context);
		expect(memories.map(({ memory: of, row }) => [of[0], row])).toEqual([
			[22, 6],
			[60, 6],
			[18, 4],
			[20, 2],
		]);
		// An anchor in the future gives no pointer.
		expect(pointers.map(({ pointer, time }) => [pointer[0], Math.round(time * 15)])).toEqual([
			[22, 1],
			[20, 3],
			[18, 5],
			[10, 13],
		]);
		const without = memory.select(22, { ...context, except: 22 });
		expect(without.memories.map(({ memory: of }) => of[0])).toEqual([20, 60, 18]);
	});

	it('does with a video of one frame', () => {
		const memory = new ObjectMemory();
		memory.setAnchor(0, stateOf(0));
		expect(memory.select(0, { direction: 'forward', frameCount: 1, maxAnchors: 4 }).pointers).toEqual([
			{ pointer: Float32Array.of(0), time: 0 },
		]);
	});
});
