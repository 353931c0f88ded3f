import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { compileModel } from '../../../main/inference/compile.ts';
import { possibleDevices } from '../../../main/inference/devices.ts';
import { measureInProcess } from '../../../main/inference/measure-in-child.ts';
import { loadRuntime } from '../../../main/inference/runtime.ts';
import { spawnInferenceProcess } from '../../../main/inference/spawn-process.ts';
import { agreementOf } from '../../../main/services/device/agreement.ts';
import { miniatureConfig } from '../../../models/sam2/config.ts';
import { deviceIds } from '../../../preload/common/device.ts';
import { torchFile } from '../../models/weights/torch-file.ts';
import { seededTensors } from '../../parity/seeded-weights.ts';

const folder = mkdtempSync(join(tmpdir(), 'masklet-webgpu-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { signal } = new AbortController();
const entry = fileURLToPath(new URL('../../../main/inference/child.ts', import.meta.url));
const shader = swiftShader();

/** SwiftShader, a Vulkan of software, lies packed in the Chromium that npm brings on Linux x64. */
function swiftShader(): string | null {
	if (process.platform !== 'linux' || process.arch !== 'x64') {
		return null;
	}
	const packed = join(
		dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')),
		'../bin/swiftshader.tar.br',
	);
	if (!existsSync(packed)) {
		return null;
	}
	const target = join(folder, 'shader');
	mkdirSync(target);
	execFileSync('tar', ['-x', '-C', target], { input: brotliDecompressSync(readFileSync(packed)) });
	return target;
}

async function miniature(): Promise<string> {
	const weights = join(folder, 'weights.pt');
	writeFileSync(weights, torchFile(new Map(seededTensors(miniatureConfig('2.1'), { seed: 7, objectScoreBias: 4 }))));
	const outFolder = join(folder, 'model');
	await compileModel({ source: weights, outFolder, signal });
	return outFolder;
}

test('the devices of this system are those that the runtime lists', () => {
	const names: Record<string, string> = { dml: 'directml' };
	const listed = loadRuntime(null)
		.listSupportedBackends()
		.map(({ name }) => names[name] ?? name);
	expect([...possibleDevices()].sort()).toEqual(listed.filter((name) => deviceIds.some((id) => id === name)).sort());
});

test.skipIf(shader === null)('every graph gives on WebGPU what it gives on the CPU', { timeout: 600_000 }, async () => {
	const outFolder = await miniature();
	const measure = (deviceId: 'cpu' | 'webgpu') =>
		measureInProcess({
			spawn: () => {
				const { env } = process;
				process.env = { ...env, LD_LIBRARY_PATH: shader!, VK_ICD_FILENAMES: join(shader!, 'vk_swiftshader_icd.json') };
				try {
					return spawnInferenceProcess(entry);
				} finally {
					process.env = env;
				}
			},
			source: { kind: 'sam2', folder: outFolder },
			device: { deviceId, runtimeFolder: null },
			signal,
			onProgress: () => {},
			stepLimitMillis: 300_000,
		});
	const cpu = await measure('cpu');
	const webgpu = await measure('webgpu');
	expect(webgpu.parts.map(({ part }) => part)).toEqual(cpu.parts.map(({ part }) => part));
	const agreement = agreementOf(webgpu, cpu);
	expect(agreement).toMatchObject({ isRight: true, reason: null });
	// Far closer than what is tolerated.
	expect(agreement.difference).toBeLessThan(0.01);
});
