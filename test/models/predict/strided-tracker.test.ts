import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBuiltinTracker } from '../../../main/inference/open-builtin.ts';
import { Sam2Tracker } from '../../../models/predict/sam2-tracker.ts';
import { StridedTracker } from '../../../models/predict/strided-tracker.ts';
import type { TrackedMask, Tracker, TrackObject, TrackRequest } from '../../../models/predict/tracker.ts';
import { networkOf, spec } from '../../parity/golden.ts';
import { overlap } from '../../parity/overlap.ts';
import { seededEllipse, seededFrame } from '../../parity/seeded-clip.ts';
import { seededEngine } from '../../parity/seeded-engine.ts';

/** The discs of the seeded clip, large enough for the built-in model. */
const clip = { width: 320, height: 240, frames: 40, hidden: [] };
const parity = spec.configs['miniature-2.1']!;
const stride = 4;
const { signal } = new AbortController();
let folder = '';
let strided: Tracker;
let alone: Tracker;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'masklet-strided-'));
	const engineOf = () => seededEngine(networkOf('miniature-2.1', parity), { ...parity, folder });
	alone = new Sam2Tracker(engineOf(), { stride });
	strided = new StridedTracker(new Sam2Tracker(engineOf(), { stride }), await openBuiltinTracker());
});
afterAll(async () => {
	await alone.dispose();
	await strided.dispose();
	rmSync(folder, { recursive: true, force: true });
});

async function run(tracker: Tracker, direction: TrackRequest['direction'], objects: TrackObject[]) {
	const results: TrackedMask[] = [];
	const request: TrackRequest = {
		direction,
		objects,
		frameCount: clip.frames,
		width: clip.width,
		height: clip.height,
		videoKey: 'strided',
		pictureAt: (frameIndex) => Promise.resolve(seededFrame(clip, frameIndex)),
	};
	for await (const result of tracker.track(request, signal)) {
		results.push(result);
	}
	return results;
}

it('the model sees every fourth frame and the last, the built-in model fills in between', async () => {
	const at = (frameIndex: number) => ({
		frameIndex,
		prompts: [],
		mask: seededEllipse(clip, [0.3 + frameIndex / 60, 0.4, 0.15, 0.2]),
	});
	const segment = { anchorFrameIndex: 0, firstFrameIndex: 3, lastFrameIndex: 10 };
	const forward = [{ trackId: 1, anchors: [at(0)], segments: [segment] }];
	const seen = await run(alone, 'forward', forward);
	expect(seen.map(({ frameIndex }) => frameIndex)).toEqual([4, 8, 10]);
	const filled = await run(strided, 'forward', forward);
	expect(filled.map(({ frameIndex }) => frameIndex)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
	expect(filled.filter(({ frameIndex }) => [4, 8, 10].includes(frameIndex))).toEqual(seen);

	// From a true mask on both sides the built-in model finds the disc between. Frames 7 to 4: from the later anchor.
	const backward = { anchorFrameIndex: 8, firstFrameIndex: 7, lastFrameIndex: 5 };
	const other = { anchorFrameIndex: 20, firstFrameIndex: 19, lastFrameIndex: 19 };
	const both = await run(strided, 'backward', [
		{ trackId: 1, anchors: [at(0), at(8)], segments: [backward] },
		{ trackId: 2, anchors: [at(20)], segments: [other] },
	]);
	expect(both.map(({ trackId, frameIndex }) => [trackId, frameIndex])).toEqual([
		[2, 19],
		[1, 7],
		[1, 6],
		[1, 5],
	]);
	expect(overlap(both[1]!.mask.data, at(7).mask.data)).toBeGreaterThan(0.7);
});
