import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { miniatureConfig } from '../../../models/sam2/config.ts';
import { rleToBytes } from '../../../preload/common/rle.ts';
import type { DeviceInfo, DeviceList } from '../../../preload/contract/device.ts';
import type { RunResult } from '../../../preload/contract/track.ts';
import { torchFile } from '../../models/weights/torch-file.ts';
import { seededTensors } from '../../parity/seeded-weights.ts';
import { openServices, type OpenServices } from '../open-services.ts';
import { square, squareProject } from '../square-project.ts';

const frameCount = 40;
const modelId = 'miniature';
const inferenceEntry = fileURLToPath(new URL('./stand-in-child.ts', import.meta.url));
let open: OpenServices | null = null;
afterEach(async () => {
	await open?.close();
	open = null;
	delete process.env.MASKLET_STAND_IN;
});

function standIn(behaviour: string): void {
	process.env.MASKLET_STAND_IN = behaviour;
}

/** Real services with a miniature model, whose WebGPU is a stand-in. */
async function openStandIn({ inferenceSilenceMillis = 12_000 } = {}): Promise<OpenServices> {
	open = await openServices({ inferenceEntry, inferenceSilenceMillis, measureStepLimitMillis: 20_000 });
	const weights = join(open.folder, 'weights.pt');
	writeFileSync(weights, torchFile(new Map(seededTensors(miniatureConfig('2.1'), { seed: 7, objectScoreBias: 4 }))));
	const { client } = open;
	await open.run(() => client.model.add({ path: weights, modelId }));
	return open;
}

async function measured({ client, run }: OpenServices): Promise<{ list: DeviceList; webgpu: DeviceInfo }> {
	const { result: list } = await run<DeviceList>(() => client.device.measure({ modelId, deviceIds: ['webgpu'] }));
	return { list, webgpu: list.devices.find(({ deviceId }) => deviceId === 'webgpu')! };
}

test('a device is measured in a process of its own, and one that lies, refuses, crashes or hangs is not used', async () => {
	const services = await openStandIn();
	standIn('right');
	const right = await measured(services);
	expect(right.webgpu).toMatchObject({ state: 'usable', floats: 'fp32', reason: null });
	// Its graphs are of other operators than the CPU's, which round otherwise.
	expect(right.webgpu.difference).toBeGreaterThan(0);
	expect(right.webgpu.difference).toBeLessThan(1e-5);
	expect(right.webgpu.parts.map(({ part }) => part)).toEqual([
		'imageEncoder',
		'memoryAttention',
		'maskDecoder',
		'memoryEncoder',
	]);
	expect(right.webgpu.millisPerFrame).toBeCloseTo(
		right.webgpu.parts.reduce((sum, { millis }) => sum + millis, 0),
		6,
	);
	expect(right.list.devices.find(({ deviceId }) => deviceId === 'cpu')).toMatchObject({ state: 'usable' });

	const refusals: [string, Partial<DeviceInfo>][] = [
		['wrong', { state: 'wrong', reason: expect.stringContaining('5.0 % off') as string }],
		['refuse', { state: 'failed', reason: 'there is no adapter' }],
		['crash 1', { state: 'failed', reason: expect.stringContaining('ended in the middle') as string }],
		['hang 2', { state: 'failed', reason: expect.stringContaining('gave no sign') as string }],
	];
	for (const [behaviour, expected] of refusals) {
		standIn(behaviour);
		const { list, webgpu } = await measured(services);
		expect(webgpu, behaviour).toMatchObject(expected);
		expect(list.usedDeviceId, behaviour).toBe('cpu');
	}

	// A cancelled measurement keeps what was known and leaves no process that holds it up.
	standIn('hang 1');
	const { client } = services;
	const began = services.next('job.progress', ({ method, note }) => method === 'device.measure' && note === 'WebGPU');
	const ended = services.next('job.done', ({ job }) => job.method === 'device.measure');
	await client.device.measure({ modelId });
	await client.job.cancel({ jobId: (await began).jobId });
	expect(await ended).toMatchObject({ job: { state: 'cancelled' }, error: null });
});

test('half precision is used where it is faster and right, and left with its device', async () => {
	const services = await openStandIn();
	const { client, run, next } = services;
	standIn('half wrong');
	const wrong = await measured(services);
	expect(wrong.webgpu).toMatchObject({ state: 'usable', floats: 'fp32', reason: null });
	expect(wrong.webgpu.difference).toBeLessThan(1e-5);
	standIn('half');
	const half = await measured(services);
	expect(half.webgpu).toMatchObject({ state: 'usable', floats: 'fp16', reason: null });
	expect(half.webgpu.difference).toBeGreaterThan(1e-4);
	expect(half.webgpu.difference).toBeLessThan(0.01);
	expect(half.list).toMatchObject({ usedDeviceId: 'webgpu' });

	// That the run meets what only graphs of half precision do shows that it has them.
	standIn('half crash');
	const { trackId } = await squareProject(services, { name: 'Half', left: 10, frameCount: 4 });
	await client.annotate.setMask({ trackId, frameIndex: 0, mask: rleToBytes(square(10)) });
	const told = next('warning', ({ code }) => code === 'device.gaveWay');
	const { result } = await run<RunResult>(() => client.track.propagate({ videoId: 1, modelId }));
	expect(result).toMatchObject({ frameCount: 3, isPublished: true });
	expect((await told).message).toContain('CPU takes over');
});

test('a run that a click with another model cut off goes on by itself', { timeout: 300_000 }, async () => {
	const services = await openStandIn({ inferenceSilenceMillis: 120_000 });
	const { client, run, next } = services;
	await client.device.choose({ deviceId: 'webgpu' });
	const { trackId } = await squareProject(services, { name: 'Bystander', left: 10, frameCount });
	await client.annotate.setMask({ trackId, frameIndex: 0, mask: rleToBytes(square(10)) });
	standIn('crash 1 mask-decoder');
	const reached: number[] = [];
	let clicked: Promise<unknown> | null = null;
	const click = { kind: 'point' as const, x: 30, y: 60, isPositive: true };
	const stop = client.on('run.frames', ({ frameIndexes }) => {
		reached.push(...frameIndexes);
		clicked ??= run(() => client.segment.preview({ videoId: 1, frameIndex: 1, prompts: [click], modelId }));
	});
	const jobEnded = next('job.done', ({ job }) => job.method === 'track.propagate');
	const { result } = await run<RunResult>(() => client.track.propagate({ videoId: 1, modelId: 'builtin-basic' }));
	stop();
	expect(result).toMatchObject({ frameCount: frameCount - 1, isPublished: true });
	expect(reached).toEqual(Array.from({ length: frameCount - 1 }, (_, index) => index + 1));
	expect((await jobEnded).job.warnings).toEqual([expect.stringContaining('while another model was at work')]);
	// The click is answered too, on the device that took over; the built-in model is not to blame.
	await clicked;
	expect((await client.model.list()).map(({ device }) => device)).toEqual(['CPU', 'CPU']);
});

test.each(['crash 14', 'hang 14'])('a run goes on exactly where its device was lost: %s', async (behaviour) => {
	const services = await openStandIn();
	const { client, run, next } = services;
	standIn('right');
	await measured(services);
	await client.device.choose({ deviceId: 'webgpu' });
	expect((await client.model.list()).map(({ device }) => device)).toEqual(['CPU', 'WebGPU']);

	const { trackId } = await squareProject(services, { name: 'Lost', left: 10, frameCount });
	await client.annotate.setMask({ trackId, frameIndex: 0, mask: rleToBytes(square(10)) });
	const reached: number[] = [];
	const stop = client.on('run.frames', ({ frameIndexes }) => reached.push(...frameIndexes));
	standIn(behaviour);
	const told = next('warning', ({ code }) => code === 'device.gaveWay');
	const jobEnded = next('job.done', ({ job }) => job.method === 'track.propagate');
	const { result } = await run<RunResult>(() => client.track.propagate({ videoId: 1, modelId }));
	stop();
	expect(result).toMatchObject({ frameCount: frameCount - 1, isPublished: true });
	// No frame is missing, and none was computed twice for the project.
	expect(reached).toEqual(Array.from({ length: frameCount - 1 }, (_, index) => index + 1));
	expect((await told).message).toContain('CPU takes over');
	expect((await jobEnded).job.warnings).toEqual([expect.stringContaining('WebGPU is not used')]);

	const list = await client.device.list({ modelId });
	expect(list).toMatchObject({ usedDeviceId: 'cpu', preferredDeviceId: 'webgpu' });
	expect(list.why).toContain('WebGPU, which you chose, cannot be used');
	expect(list.devices.find(({ deviceId }) => deviceId === 'webgpu')).toMatchObject({
		state: 'failed',
		reason: expect.stringContaining(behaviour.startsWith('crash') ? 'ended in the middle' : 'gave no sign') as string,
	});
	// A click after that is answered, and measuring again gives the device another try.
	const click = { kind: 'point' as const, x: 30, y: 60, isPositive: true };
	await run(() => client.segment.preview({ videoId: 1, frameIndex: 0, prompts: [click] }));
	standIn('right');
	expect((await measured(services)).list.usedDeviceId).toBe('webgpu');
});
