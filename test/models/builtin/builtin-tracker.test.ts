import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBuiltinTracker } from '../../../main/inference/open-builtin.ts';
import { maskIou } from '../../../models/predict/blend-masks.ts';
import type { Anchor, TrackObject, TrackedMask, Tracker, TrackRequest } from '../../../models/predict/tracker.ts';
import type { Mask, RgbPicture } from '../../../preload/common/picture.ts';
import type { Prompt } from '../../../preload/common/prompt.ts';
import { encodeRle } from '../../../preload/common/rle.ts';

type Size = { width: number; height: number };
const small: Size = { width: 160, height: 120 };
/** So large that an object is looked for in a part of it. */
const large: Size = { width: 448, height: 256 };
const frameCount = 24;
const forever = new AbortController().signal;

let tracker: Tracker;
beforeAll(async () => {
	tracker = await openBuiltinTracker();
});
afterAll(() => tracker.dispose());

/** A repeatable noise, 0 to 1. */
function noise(x: number, y: number, seed: number): number {
	const value = Math.sin(x * 12.9898 + y * 78.233 + seed * 37.719) * 43758.5453;
	return value - Math.floor(value);
}

type Scene = {
	background: 'meadow' | 'room';
	red: { x: number; y: number } | null;
	blue: { x: number; y: number } | null;
};

const side = 34;

/** A textured background with a red and a blue square on it. */
function drawn(scene: Scene, { width, height }: Size = small): RgbPicture {
	const data = new Uint8Array(width * height * 3);
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at += 3) {
			const grain = 30 * noise(x >> 1, y >> 1, 1) + 30 * noise(x >> 3, y >> 3, 2);
			const square = [scene.red, scene.blue].findIndex((one) => one !== null && isIn(one, x, y));
			const own = square < 0 ? 0 : 25 * noise((x - [scene.red, scene.blue][square]!.x) >> 2, y >> 2, 3 + square);
			const colour =
				square === 0
					? [190 + own, 40 + own, 40]
					: square === 1
						? [40, 60 + own, 180 + own]
						: scene.background === 'meadow'
							? [60 + grain, 120 + grain, 50]
							: [190 + grain, 180 + grain, 170 + grain / 2];
			data.set(colour, at);
		}
	}
	return { width, height, data };
}

function isIn(corner: { x: number; y: number }, x: number, y: number): boolean {
	return x >= corner.x && x < corner.x + side && y >= corner.y && y < corner.y + side;
}

function squareMask(corner: { x: number; y: number } | null, { width, height }: Size = small): Mask {
	const data = new Uint8Array(width * height);
	if (corner !== null) {
		for (let at = 0; at < data.length; at++) {
			data[at] = isIn(corner, at % width, Math.floor(at / width)) ? 1 : 0;
		}
	}
	return { width, height, data };
}

const redAt = (frameIndex: number) => ({ x: 10 + 2 * frameIndex, y: 15 + frameIndex });
const blueAt = (frameIndex: number) => ({ x: 110 - frameIndex, y: 70 });

function request(
	objects: TrackObject[],
	sceneAt: (frameIndex: number) => Scene,
	{ direction = 'forward', size = small }: { direction?: TrackRequest['direction']; size?: Size } = {},
) {
	const asked: number[] = [];
	const made: TrackRequest = {
		direction,
		frameCount,
		...size,
		objects,
		videoKey: 'squares',
		pictureAt: async (frameIndex) => {
			asked.push(frameIndex);
			return drawn(sceneAt(frameIndex), size);
		},
	};
	return { made, asked };
}

function anchor(frameIndex: number, mask: Mask): Anchor {
	return { frameIndex, mask, prompts: [] };
}

const bothMove = (frameIndex: number): Scene => ({
	background: 'meadow',
	red: redAt(frameIndex),
	blue: blueAt(frameIndex),
});

test('segments, anchors, two objects and both directions in one sweep', async () => {
	const red: TrackObject = {
		trackId: 7,
		anchors: [anchor(2, squareMask(redAt(2))), anchor(12, squareMask(redAt(12)))],
		segments: [
			{ anchorFrameIndex: 2, firstFrameIndex: 4, lastFrameIndex: 6 },
			{ anchorFrameIndex: 12, firstFrameIndex: 13, lastFrameIndex: 15 },
		],
	};
	const blue: TrackObject = {
		trackId: 9,
		anchors: [anchor(3, squareMask(blueAt(3))), anchor(14, squareMask(null))],
		segments: [
			{ anchorFrameIndex: 3, firstFrameIndex: 4, lastFrameIndex: 5 },
			{ anchorFrameIndex: 14, firstFrameIndex: 15, lastFrameIndex: 16 },
		],
	};
	const { made, asked } = request([red, blue], bothMove);
	const together = await listOf(tracker.track(made, forever));
	const places = together.map(({ trackId, frameIndex, presence }) => `${frameIndex}:${trackId} ${presence}`);
	expect(places).toEqual([
		...['4:7 visible', '4:9 visible', '5:7 visible', '5:9 visible', '6:7 visible'],
		...['13:7 visible', '14:7 visible', '15:7 visible', '15:9 absent', '16:9 absent'],
	]);
	for (const { trackId, frameIndex, presence, mask } of together) {
		const truth = squareMask((trackId === 7 ? redAt : blueAt)(frameIndex));
		expect(maskIou(mask, presence === 'absent' ? squareMask(null) : truth)).toBeGreaterThan(0.85);
	}
	// Frames between the segments are not even decoded, but for the other anchor's colours.
	expect([7, 8, 9, 10, 11].filter((frameIndex) => asked.includes(frameIndex))).toEqual([]);
	const alone = await listOf(tracker.track(request([red], bothMove).made, forever));
	expect(alone).toEqual(together.filter((tracked) => tracked.trackId === 7));

	const backward: TrackObject = {
		trackId: 1,
		anchors: [anchor(20, squareMask(redAt(20)))],
		segments: [{ anchorFrameIndex: 20, firstFrameIndex: 19, lastFrameIndex: 14 }],
	};
	const back = await listOf(tracker.track(request([backward], bothMove, { direction: 'backward' }).made, forever));
	expect(back.map((tracked) => tracked.frameIndex)).toEqual([19, 18, 17, 16, 15, 14]);
	expect(
		Math.min(...back.map((tracked) => maskIou(tracked.mask, squareMask(redAt(tracked.frameIndex))))),
	).toBeGreaterThan(0.85);

	const controller = new AbortController();
	const reached: number[] = [];
	const stopped = (async () => {
		for await (const tracked of tracker.track(
			request([backward], bothMove, { direction: 'backward' }).made,
			controller.signal,
		)) {
			reached.push(tracked.frameIndex);
			controller.abort(new Error('stop'));
		}
	})();
	await expect(stopped).rejects.toThrow('stop');
	expect(reached).toEqual([19]);
});

test('a cut, a vanished and a departed object end absent and stay so', async () => {
	const lastFrameIndex = frameCount - 1;
	const red: TrackObject = {
		trackId: 1,
		anchors: [anchor(0, squareMask(redAt(0)))],
		segments: [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex }],
	};
	const scenes: Record<string, (frameIndex: number) => Scene> = {
		cut: (frameIndex) =>
			frameIndex < 8 ? bothMove(frameIndex) : { background: 'room', red: null, blue: { x: 40, y: 40 } },
		vanished: (frameIndex) => ({ ...bothMove(frameIndex), red: frameIndex < 8 ? redAt(frameIndex) : null }),
		departed: (frameIndex) => ({ ...bothMove(frameIndex), red: { x: 10 - 6 * frameIndex, y: 15 } }),
	};
	for (const [name, sceneAt] of Object.entries(scenes)) {
		const found: TrackedMask[] = await listOf(tracker.track(request([red], sceneAt).made, forever));
		const visible = found.filter((tracked) => tracked.presence === 'visible').map((tracked) => tracked.frameIndex);
		const absent = found.filter((tracked) => tracked.presence === 'absent').map((tracked) => tracked.frameIndex);
		expect(visible.slice(0, 5), name).toEqual([1, 2, 3, 4, 5]);
		expect(Math.max(...visible), name).toBeLessThan(9);
		// Gone for good from some frame on, at most three frames after it was the case.
		expect(absent, name).toEqual(
			Array.from({ length: absent.length }, (_, index) => frameCount - absent.length + index),
		);
		expect(Math.min(...absent), name).toBeLessThan(12);
		for (const tracked of found.filter((one) => one.presence === 'absent')) {
			expect(tracked.mask.data.includes(1)).toBe(false);
			expect(tracked.scores.objectScore).toBeLessThan(0);
		}
	}
});

test('in a large frame an object is followed within a window, and found again anywhere once it was gone', async () => {
	const lastFrameIndex = frameCount - 1;
	const [goneFrom, backFrom] = [10, 14];
	const cornerAt = (frameIndex: number) => {
		if (frameIndex < goneFrom) {
			return { x: 40 + 5 * frameIndex, y: 50 + 3 * frameIndex };
		}
		return frameIndex < backFrom ? null : { x: 370, y: 190 };
	};
	const sceneAt = (frameIndex: number): Scene => ({ background: 'meadow', red: cornerAt(frameIndex), blue: null });
	const red: TrackObject = {
		trackId: 1,
		anchors: [anchor(0, squareMask(cornerAt(0), large))],
		segments: [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex }],
	};
	const found = await listOf(tracker.track(request([red], sceneAt, { size: large }).made, forever));
	for (const { frameIndex, mask, presence } of found.filter((one) => one.frameIndex < goneFrom)) {
		expect(presence, `frame ${frameIndex}`).toBe('visible');
		expect(maskIou(mask, squareMask(cornerAt(frameIndex), large)), `frame ${frameIndex}`).toBeGreaterThan(0.85);
	}
	expect(found.find(({ frameIndex }) => frameIndex === backFrom - 1)!.presence).toBe('absent');
	expect(maskIou(found.at(-1)!.mask, squareMask(cornerAt(lastFrameIndex), large))).toBeGreaterThan(0.85);
});

test('every click is obeyed, whatever the colours say, and a given mask changes near the click alone', async () => {
	const picture = drawn(bothMove(0));
	const ask = (prompts: Prompt[]) => tracker.prompt({ picture, prompts, pictureKey: 'squares:0' }, forever);
	const at = (x: number, y: number, isPositive: boolean): Prompt => ({ kind: 'point', x, y, isPositive });
	const red = squareMask(redAt(0));

	const first = await ask([at(27.5, 32.5, true)]);
	expect(first.candidates).toHaveLength(3);
	expect(
		first.candidates
			.map((one) => maskIou(one.mask, red))
			.sort()
			.at(-1),
	).toBeGreaterThan(0.9);
	const box = await ask([{ kind: 'box', x0: 5, y0: 10, x1: 50, y1: 54 }]);
	expect(maskIou(box.mask, red)).toBeGreaterThan(0.9);
	const stroke = await ask([
		{
			kind: 'stroke',
			points: [
				{ x: 20, y: 20 },
				{ x: 35, y: 40 },
			],
			radius: 4,
			isPositive: true,
		},
	]);
	expect(maskIou(stroke.mask, red)).toBeGreaterThan(0.9);

	const prompts: Prompt[] = [];
	for (let index = 0; index < 14; index++) {
		const x = Math.floor(small.width * noise(index, 1, 9)) + 0.5;
		const y = Math.floor(small.height * noise(index, 2, 9)) + 0.5;
		prompts.push(at(x, y, index % 3 !== 1));
		const { mask } = await ask(prompts);
		for (const prompt of prompts) {
			if (prompt.kind === 'point') {
				const inside = mask.data[Math.floor(prompt.y) * small.width + Math.floor(prompt.x)];
				expect(inside, JSON.stringify(prompt)).toBe(prompt.isPositive ? 1 : 0);
			}
		}
	}
	const replayed = await (await openBuiltinTracker()).prompt({ picture, prompts, pictureKey: 'again' }, forever);
	expect(replayed.mask).toEqual((await ask(prompts)).mask);
	expect((await ask([at(0.5, 0.5, false)])).mask.data.includes(1)).toBe(false);

	// Both squares are given; a negative click on the blue one takes it away and leaves the red one as it is.
	const both = squareMask(redAt(0));
	squareMask(blueAt(0)).data.forEach((value, index) => (both.data[index]! |= value));
	const given: Prompt = { kind: 'mask', mask: encodeRle(both), origin: 'propagated' };
	expect((await ask([given])).mask).toEqual(both);
	const corrected = await ask([given, at(126.5, 86.5, false)]);
	expect(maskIou(corrected.mask, red)).toBeGreaterThan(0.85);
});

async function listOf(run: AsyncIterable<TrackedMask>): Promise<TrackedMask[]> {
	const list: TrackedMask[] = [];
	for await (const tracked of run) {
		list.push(tracked);
	}
	return list;
}
