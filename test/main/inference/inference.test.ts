import { afterAll, expect, test } from 'vitest';
import { maskToBytes, maskFromBytes } from '../../../main/inference/mask-bytes.ts';
import { createInference, type Inference, type InferenceOptions } from '../../../main/inference/inference.ts';
import type { TrackTask } from '../../../main/inference/protocol.ts';
import { spawnInferenceProcess } from '../../../main/inference/spawn-process.ts';
import type { Mask, RgbPicture } from '../../../preload/common/picture.ts';

const width = 128;
const height = 96;
const frameCount = 60;
const modelId = 'builtin-basic';
const entry = new URL('../../../main/inference/child.ts', import.meta.url);
const log = { info: () => {}, warn: () => {}, debug: () => {} };

const opened: Inference[] = [];
afterAll(() => Promise.all(opened.map((inference) => inference.close())));

/** An orange square on a green pattern, one pixel farther right on each frame. */
function pictureOf(frameIndex: number): RgbPicture {
	const data = new Uint8Array(width * height * 3);
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at += 3) {
			const isSquare = maskOf(frameIndex).data[y * width + x] === 1;
			const grain = ((x * 7 + y * 13) % 17) * 3;
			data.set(isSquare ? [220, 120 + grain, 30] : [40, 90 + grain, 60 + (((x >> 3) + (y >> 3)) % 2) * 40], at);
		}
	}
	return { width, height, data };
}

const masks = new Map<number, Mask>();
function maskOf(frameIndex: number): Mask {
	const known = masks.get(frameIndex);
	if (known) {
		return known;
	}
	const data = new Uint8Array(width * height);
	for (let y = 30; y < 60; y++) {
		data.fill(1, y * width + 20 + frameIndex, y * width + 50 + frameIndex);
	}
	const mask = { width, height, data };
	masks.set(frameIndex, mask);
	return mask;
}

function iou(one: Uint8Array, other: Uint8Array): number {
	let both = 0;
	let either = 0;
	one.forEach((value, at) => {
		both += value & other[at]!;
		either += value | other[at]!;
	});
	return both / either;
}

function run(trackId: number, firstFrameIndex: number, lastFrameIndex: number): TrackTask {
	return {
		modelId,
		videoKey: 'square',
		frameCount,
		width,
		height,
		direction: 'forward',
		objects: [
			{
				trackId,
				anchors: [{ frameIndex: 0, mask: maskToBytes(maskOf(0)), prompts: [] }],
				segments: [{ anchorFrameIndex: 0, firstFrameIndex, lastFrameIndex }],
			},
		],
	};
}

const click = {
	modelId,
	videoKey: 'square',
	frameIndex: 3,
	width,
	height,
	prompts: [{ kind: 'point' as const, x: 40.5, y: 45.5, isPositive: true }],
};

/** Inference on a real child process; `pids` gets the id of each child that was started. */
function open(options: Partial<InferenceOptions> = {}): { inference: Inference; pids: number[]; asked: number[] } {
	const pids: number[] = [];
	const asked: number[] = [];
	const inference = createInference({
		spawn: () => spawnInferenceProcess(entry, { onStart: (pid) => pids.push(pid) }),
		pictureAt: async (_videoKey, frameIndex) => {
			asked.push(frameIndex);
			return pictureOf(frameIndex);
		},
		log,
		...options,
	});
	opened.push(inference);
	return { inference, pids, asked };
}

const forever = new AbortController().signal;

test('a click is served in the middle of a run, a second run waits, cancelling is quick', async () => {
	const { inference, asked } = open();
	await expect(
		inference.prompt({ ...click, prompts: [{ kind: 'point', x: 128, y: 3, isPositive: true }] }, { signal: forever }),
	).rejects.toThrow('A click has to be inside the picture of 128x96 pixels; this one is at 128, 3');
	await expect(inference.prompt({ ...click, prompts: [] }, { signal: forever })).rejects.toMatchObject({
		code: 'prompt.none',
	});
	await expect(inference.prompt({ ...click, modelId: 'none' }, { signal: forever })).rejects.toMatchObject({
		code: 'model.unknown',
	});
	expect(asked).toEqual([]);

	const order: string[] = [];
	const firstStart = Promise.withResolvers<void>();
	const second = (async () => {
		const frames: number[] = [];
		await firstStart.promise;
		for await (const answer of inference.track(run(2, 40, 42), { signal: forever })) {
			frames.push(answer.frameIndex);
			order.push('second run');
		}
		return frames;
	})();
	const seen: { frameIndex: number; iou: number; presence: string }[] = [];
	let prompted: Promise<void> | null = null;
	for await (const answer of inference.track(run(1, 1, 30), { signal: forever })) {
		firstStart.resolve();
		prompted ??= inference.prompt(click, { signal: forever }).then((result) => {
			order.push('click');
			const mask = maskFromBytes(click, result.mask);
			expect(mask.data[45 * width + 40]).toBe(1);
			expect(iou(mask.data, maskOf(3).data)).toBeGreaterThan(0.9);
			expect(result.candidates).toHaveLength(3);
		});
		seen.push({
			frameIndex: answer.frameIndex,
			presence: answer.presence,
			iou: iou(maskFromBytes({ width, height }, answer.mask).data, maskOf(answer.frameIndex).data),
		});
		order.push('first run');
	}
	await prompted;
	expect(seen.map((one) => one.frameIndex)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
	expect(new Set(seen.map((one) => one.presence))).toEqual(new Set(['visible']));
	expect(Math.min(...seen.map((one) => one.iou))).toBeGreaterThan(0.85);
	expect(await second).toEqual([40, 41, 42]);
	expect(order.indexOf('click')).toBeLessThan(order.lastIndexOf('first run'));
	expect(order.indexOf('second run')).toBeGreaterThan(order.lastIndexOf('first run'));
	expect(inference.models()).toEqual([
		{
			modelId,
			name: 'Built-in (basic)',
			sizeBytes: 0,
			device: 'CPU',
			licence: 'Apache-2.0',
			millisPerFrame: null,
		},
	]);

	const controller = new AbortController();
	const reached: number[] = [];
	const cancelled = (async () => {
		for await (const answer of inference.track(run(3, 1, 59), { signal: controller.signal })) {
			reached.push(answer.frameIndex);
			if (answer.frameIndex === 2) {
				controller.abort(new Error('enough'));
			}
		}
	})();
	await expect(cancelled).rejects.toThrow('enough');
	expect(reached).toEqual([1, 2]);
	for await (const answer of inference.track(run(4, 1, 59), { signal: forever })) {
		expect(answer.trackId).toBe(4);
		break;
	}
	await expect(inference.prompt(click, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
});

test('a killed, a stuck and a closed child reject what they had; the next request starts anew', async () => {
	const { inference, pids } = open();
	const reached: number[] = [];
	const killed = (async () => {
		for await (const answer of inference.track(run(1, 1, 59), { signal: forever })) {
			reached.push(answer.frameIndex);
			if (reached.length === 1) {
				process.kill(pids[0]!, 'SIGKILL');
			}
		}
	})();
	await expect(killed).rejects.toMatchObject({ code: 'model.processDied' });
	expect(reached[0]).toBe(1);
	expect(reached.length).toBeLessThan(59);
	const again = await inference.prompt(click, { signal: forever });
	expect(maskFromBytes(click, again.mask).data[45 * width + 40]).toBe(1);
	expect(pids).toHaveLength(2);

	process.kill(pids[1]!, 'SIGSTOP');
	const { inference: impatient, pids: stuck } = open({ silenceLimitMillis: 5000 });
	await impatient.prepare(click, { signal: forever });
	process.kill(stuck[0]!, 'SIGSTOP');
	await expect(impatient.prompt(click, { signal: forever })).rejects.toMatchObject({ code: 'model.processHung' });
	await impatient.prepare(click, { signal: forever });
	expect(stuck).toHaveLength(2);

	const pending = inference.prompt(click, { signal: forever });
	await inference.close();
	await expect(pending).rejects.toMatchObject({ code: 'request.closed' });
	await expect(inference.prepare(click, { signal: forever })).rejects.toMatchObject({ code: 'request.closed' });
});

test('a frame that cannot be read ends the run with its own sentence, and the child lives on', async () => {
	const { inference, pids } = open({
		pictureAt: async (_videoKey, frameIndex) => {
			if (frameIndex === 4) {
				throw new Error('frame 4 is broken');
			}
			return pictureOf(frameIndex);
		},
	});
	const reached: number[] = [];
	const broken = (async () => {
		for await (const answer of inference.track(run(1, 1, 9), { signal: forever })) {
			reached.push(answer.frameIndex);
		}
	})();
	await expect(broken).rejects.toThrow('frame 4 is broken');
	expect(reached).toEqual([1, 2, 3]);
	await inference.prompt(click, { signal: forever });
	expect(pids).toHaveLength(1);
});
