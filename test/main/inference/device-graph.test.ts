import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileModel } from '../../../main/inference/compile.ts';
import { graphOf } from '../../../main/inference/device-graph.ts';
import { halfSessions } from '../../../main/inference/half-session.ts';
import { measureInputs } from '../../../main/inference/measure-inputs.ts';
import { graphsOf } from '../../../main/inference/open-sam2.ts';
import { openOrtSession } from '../../../main/inference/ort-session.ts';
import type { Tensor } from '../../../models/predict/session.ts';
import { graphNames, type GraphName, type GraphVariant, plainVariant } from '../../../models/sam2/build.ts';
import { miniatureConfig } from '../../../models/sam2/config.ts';
import type { FloatSize } from '../../../preload/common/device.ts';
import { torchFile } from '../../models/weights/torch-file.ts';
import { seededTensors } from '../../parity/seeded-weights.ts';
import { distance } from '../../models/sam2/distance.ts';

const home = mkdtempSync(join(tmpdir(), 'masklet-device-graph-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const config = miniatureConfig('2.1');
const source = join(home, 'weights.pt');
writeFileSync(source, torchFile(new Map(seededTensors(config, { seed: 7, objectScoreBias: 4 }))));

async function modelFolder(name: string, variant: GraphVariant = plainVariant): Promise<string> {
	const outFolder = join(home, name);
	await compileModel({ source, outFolder, variant, signal: new AbortController().signal });
	return outFolder;
}

async function outputsOf(graph: string | Uint8Array, name: GraphName, dataFolder: string): Promise<[string, Tensor][]> {
	const session = await openOrtSession(graph, { threads: 1, dataFolder });
	const outputs = await session.run(measureInputs(name, config));
	await session.dispose();
	return Object.entries(outputs);
}

test('graphs of plain operators read the data of a model folder, and compute the same', async () => {
	const folder = await modelFolder('single');
	for (const name of graphNames) {
		const file = await graphOf(folder, name, { dialect: 'contrib', floats: 'fp32' });
		expect(file).toBe(join(folder, `${name}.onnx`));
		const plain = await graphOf(folder, name, { dialect: 'plain', floats: 'fp32' });
		expect(Buffer.from(plain).includes('com.microsoft')).toBe(false);
		const expected = await outputsOf(file, name, folder);
		for (const [index, [output, { shape, data }]] of (await outputsOf(plain, name, folder)).entries()) {
			expect([output, shape]).toEqual([expected[index]![0], expected[index]![1].shape]);
			expect(distance(data, expected[index]![1].data), `${name}/${output}`).toBeLessThan(1e-4);
		}
	}

	// So do those of a variant: whole-number weights of the file, pooled places.
	const variant = await modelFolder('variant', { precision: 'int8', memoryPooling: 2 });
	for (const name of ['image-encoder', 'memory-attention'] as const) {
		const plain = await graphOf(variant, name, { dialect: 'plain', floats: 'fp32' });
		expect(Buffer.from(plain).includes('com.microsoft')).toBe(false);
		const expected = await outputsOf(join(variant, `${name}.onnx`), name, variant);
		for (const [index, [output, { data }]] of (await outputsOf(plain, name, variant)).entries()) {
			// The file's operators round the other factor to whole numbers too.
			expect(distance(data, expected[index]![1].data), `${name}/${output}`).toBeLessThan(0.02);
		}
	}

	// What another compiler laid out is not read as if it were this one's.
	const manifest = join(folder, 'model.json');
	writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"compilerVersion": ', '"compilerVersion": 1'));
	await expect(graphOf(folder, 'mask-decoder', { dialect: 'plain', floats: 'fp32' })).rejects.toMatchObject({
		code: 'model.outdated',
	});
});

test('half precision computes nearly the same inside the heavy graphs, in either dialect', async () => {
	const folder = await modelFolder('half');
	const variant = await modelFolder('half-variant', { precision: 'int8', memoryPooling: 2 });
	for (const dialect of ['contrib', 'plain'] as const) {
		for (const name of ['image-encoder', 'memory-attention'] as const) {
			const exact = await outputsOf(join(folder, `${name}.onnx`), name, folder);
			const half = await outputsOf(await graphOf(folder, name, { dialect, floats: 'fp16' }), name, folder);
			for (const [index, [output, { data }]] of half.entries()) {
				const apart = distance(data, exact[index]![1].data);
				expect(apart, `${name}/${output}`).toBeGreaterThan(1e-4);
				expect(apart, `${name}/${output}`).toBeLessThan(0.01);
			}
			const whole = await outputsOf(await graphOf(variant, name, { dialect: 'plain', floats: 'fp32' }), name, variant);
			const both = await outputsOf(await graphOf(variant, name, { dialect, floats: 'fp16' }), name, variant);
			// The CPU multiplies whole numbers here too, with the other factor rounded.
			for (const [index, [output, { data }]] of both.entries()) {
				expect(distance(data, whole[index]![1].data), `${name}/${output}`).toBeLessThan(0.02);
			}
		}
	}
	const form = { dialect: 'plain' } as const;
	expect(await graphOf(folder, 'mask-decoder', { ...form, floats: 'fp16' })).toEqual(
		await graphOf(folder, 'mask-decoder', { ...form, floats: 'fp32' }),
	);
});

test('a picture that is too much for half precision is computed again with fp32, and so are those after it', async () => {
	const folder = await modelFolder('too-much');
	const opened: FloatSize[] = [];
	const open = (floats: FloatSize) =>
		graphsOf({
			folder,
			threads: 1,
			device: { deviceId: 'webgpu', runtimeFolder: null, floats },
			// The device's graphs, on the CPU.
			openSession: ({ content }, { device: _device, ...options }) => {
				opened.push(floats);
				return openOrtSession(content, options);
			},
		});
	const session = await halfSessions(open('fp16'), open('fp32'))('image-encoder', new AbortController().signal);
	const { image } = measureInputs('image-encoder', config) as { image: Tensor };
	const bright = { ...image, data: image.data.map((value) => value * 1e6) };
	const expected = await outputsOf(join(folder, 'image-encoder.onnx'), 'image-encoder', folder);
	const f = (outputs: Record<string, Tensor>) => outputs.f!.data;
	expect(distance(f(await session.run({ image })), expected[0]![1].data)).toBeGreaterThan(1e-4);
	expect(f(await session.run({ image: bright })).every(Number.isFinite)).toBe(true);
	expect(distance(f(await session.run({ image })), expected[0]![1].data)).toBeLessThan(1e-4);
	expect(opened).toEqual(['fp16', 'fp32']);
	await session.dispose();
});
