import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { miniatureConfig } from '../../../models/sam2/config.ts';
import { decodeRle, rleFromBytes, rleToBytes } from '../../../preload/common/rle.ts';
import type { DeviceId } from '../../../preload/common/device.ts';
import type { DeviceList } from '../../../preload/contract/device.ts';
import { torchFile } from '../../models/weights/torch-file.ts';
import { overlap } from '../../parity/overlap.ts';
import { seededTensors } from '../../parity/seeded-weights.ts';
import { openServices, type OpenServices } from '../open-services.ts';
import { size, square, squareProject } from '../square-project.ts';
import { useSwiftShader } from './swift-shader.ts';

const modelId = 'miniature';
const frameCount = 3;
const isSoftware = process.platform === 'linux' && process.arch === 'x64';
let open: OpenServices | null = null;
let leaveSwiftShader = () => {};
afterEach(async () => {
	leaveSwiftShader();
	await open?.close();
	open = null;
});

/** The masks of a new project's object after a run on a device. */
async function tracked(services: OpenServices, deviceId: DeviceId): Promise<Uint8Array[]> {
	const { client, run } = services;
	await client.device.choose({ deviceId });
	const { trackId } = await squareProject(services, { name: deviceId, left: 10, frameCount });
	await client.annotate.setMask({ trackId, frameIndex: 0, mask: rleToBytes(square(10)) });
	await run(() => client.track.propagate({ videoId: 1, modelId }));
	const masks: Uint8Array[] = [];
	for (let frameIndex = 1; frameIndex < frameCount; frameIndex++) {
		const [frame] = await client.track.frame({ videoId: 1, frameIndex });
		masks.push(decodeRle(rleFromBytes(size, frame!.mask)).data);
	}
	return masks;
}

// Shaders in software take seconds a frame.
test('a model runs on WebGPU as it does on the CPU', { timeout: 900_000 }, async ({ skip }) => {
	open = await openServices({ measureStepLimitMillis: 300_000, inferenceSilenceMillis: 300_000 });
	leaveSwiftShader = useSwiftShader(join(open.folder, 'shader'));
	const { client, run } = open;
	const weights = join(open.folder, 'weights.pt');
	writeFileSync(weights, torchFile(new Map(seededTensors(miniatureConfig('2.1'), { seed: 7, objectScoreBias: 4 }))));
	await run(() => client.model.add({ path: weights, modelId }));

	const { result } = await run<DeviceList>(() => client.device.measure({ modelId, deviceIds: ['webgpu'] }));
	const webgpu = result.devices.find(({ deviceId }) => deviceId === 'webgpu')!;
	if (webgpu.state === 'failed' && !isSoftware) {
		skip(`WebGPU finds no adapter on this machine: ${webgpu.reason}`);
	}
	expect(webgpu).toMatchObject({ state: 'usable', reason: null });
	expect(webgpu.difference).toBeGreaterThan(0);
	if (isSoftware) {
		// SwiftShader has no fp16. Far closer than what is tolerated: other operators, in other orders.
		expect(webgpu.floats).toBe('fp32');
		expect(webgpu.difference).toBeLessThan(1e-3);
	}
	expect(webgpu.parts.map(({ part }) => part)).toEqual([
		'imageEncoder',
		'memoryAttention',
		'maskDecoder',
		'memoryEncoder',
	]);

	const onDevice = await tracked(open, 'webgpu');
	expect(await client.device.list({ modelId })).toMatchObject({ usedDeviceId: 'webgpu', why: 'You chose it' });
	const onCpu = await tracked(open, 'cpu');
	expect(await client.device.list({ modelId })).toMatchObject({ usedDeviceId: 'cpu', why: 'You chose it' });
	onCpu.forEach((mask, index) => {
		expect(mask.includes(1), `frame ${index + 1}`).toBe(true);
		expect(overlap(onDevice[index]!, mask), `frame ${index + 1}`).toBeGreaterThanOrEqual(0.99);
	});
});
