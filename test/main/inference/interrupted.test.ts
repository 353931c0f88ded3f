import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileModel } from '../../../main/inference/compile.ts';
import type { DeviceUse } from '../../../main/inference/devices.ts';
import { builtinModelId, createInference } from '../../../main/inference/inference.ts';
import { maskFromBytes, maskToBytes } from '../../../main/inference/mask-bytes.ts';
import type { TrackTask } from '../../../main/inference/protocol.ts';
import { spawnInferenceProcess } from '../../../main/inference/spawn-process.ts';
import { miniatureConfig } from '../../../models/sam2/config.ts';
import { torchFile } from '../../models/weights/torch-file.ts';
import { spec } from '../../parity/golden.ts';
import { seededEllipse, seededFrame } from '../../parity/seeded-clip.ts';
import { seededTensors } from '../../parity/seeded-weights.ts';

const parity = spec.configs['miniature-2.1']!;
const size = { width: parity.width, height: parity.height };
const home = mkdtempSync(join(tmpdir(), 'masklet-interrupted-'));
const { signal } = new AbortController();
const entry = new URL('../../services/device/stand-in-child.ts', import.meta.url);
afterAll(() => {
	delete process.env.MASKLET_STAND_IN;
	rmSync(home, { recursive: true, force: true });
});

function runOf(modelId: string): TrackTask {
	const mask = maskToBytes(seededEllipse(parity, [0.3, 0.4, 0.15, 0.2]));
	const segments = [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex: 3 }];
	const objects = [{ trackId: 1, anchors: [{ frameIndex: 0, mask, prompts: [] }], segments }];
	return { modelId, videoKey: modelId, frameCount: parity.frames, ...size, direction: 'forward', objects };
}

test("what waits for its turn is not lost or blamed when another model's work ends the child", async () => {
	const weights = join(home, 'weights.pt');
	writeFileSync(weights, torchFile(new Map(seededTensors(miniatureConfig('2.1'), parity))));
	const folder = join(home, 'model');
	await compileModel({ source: weights, outFolder: folder, signal });
	process.env.MASKLET_STAND_IN = 'crash 1';
	let device: DeviceUse = { deviceId: 'webgpu', runtimeFolder: null };
	const blamed: string[] = [];
	let spawned = 0;
	const isHeldAsked = Promise.withResolvers<void>();
	const inference = createInference({
		spawn: () => {
			spawned++;
			return spawnInferenceProcess(entry);
		},
		pictureAt: async (videoKey, frameIndex) => {
			if (videoKey === 'held') {
				isHeldAsked.resolve();
				if (spawned === 1) {
					await new Promise(() => {});
				}
			}
			// The run that crashes starts once everything else is waiting in the child.
			await isHeldAsked.promise;
			return seededFrame(parity, frameIndex);
		},
		models: () => [{ modelId: 'mine', name: '', sizeBytes: 1, licence: '', source: { kind: 'sam2', folder } }],
		devices: {
			millisOf: () => null,
			deviceOf: () => device,
			gaveWay: (modelId, deviceId) => {
				blamed.push(`${modelId} ${deviceId}`);
				device = { deviceId: 'cpu', runtimeFolder: null };
			},
		},
		log: { info: () => {}, warn: () => {}, debug: () => {} },
	});
	try {
		const prompts = [{ kind: 'point' as const, x: 34, y: 30, isPositive: true }];
		const first = inference.track(runOf('mine'), { signal })[Symbol.asyncIterator]().next();
		const second = inference.track(runOf(builtinModelId), { signal })[Symbol.asyncIterator]().next();
		const held = { modelId: builtinModelId, videoKey: 'held', frameIndex: 0, ...size, prompts };
		const click = inference.prompt(held, { signal });
		const ends = await Promise.allSettled([first, second, click]);
		expect(ends.map((end) => (end.status === 'rejected' ? (end.reason as { code: string }).code : null))).toEqual([
			'device.gaveWay',
			'model.interrupted',
			null,
		]);
		expect(maskFromBytes(size, (await click).mask).data).toContain(1);
		expect([blamed, spawned]).toEqual([['mine webgpu'], 2]);
	} finally {
		await inference.close();
	}
});
