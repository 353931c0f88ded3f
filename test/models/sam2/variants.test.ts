import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dialect } from '../../../models/onnx/graph.ts';
import { quantizeRows } from '../../../models/onnx/quantize.ts';
import { toBfloat16 } from '../../../models/predict/bfloat16.ts';
import type { Remembered, Sam2Engine } from '../../../models/predict/engine.ts';
import { buildGraph, type GraphVariant, plainVariant } from '../../../models/sam2/build.ts';
import { networkOf, spec } from '../../parity/golden.ts';
import { seededFrame } from '../../parity/seeded-clip.ts';
import { seededEngine } from '../../parity/seeded-engine.ts';
import { distance } from './distance.ts';

const parity = spec.configs['miniature-2.1']!;
const config = networkOf('miniature-2.1', parity);
const { signal } = new AbortController();
const engines: Sam2Engine[] = [];
let home = '';

beforeAll(() => {
	home = mkdtempSync(join(tmpdir(), 'masklet-variants-'));
});
afterAll(async () => {
	await Promise.all(engines.map((engine) => engine.dispose()));
	rmSync(home, { recursive: true, force: true });
});

function engineOf(variant: GraphVariant, dialect: Dialect = 'contrib'): Sam2Engine {
	const engine = seededEngine(config, { ...parity, folder: join(home, `${engines.length}`), variant, dialect });
	engines.push(engine);
	return engine;
}

it('each variant of the graphs gives nearly what the plain one does, and not the same', async () => {
	const plain = engineOf(plainVariant);
	const int8 = engineOf({ precision: 'int8', memoryPooling: 1 });
	const frame = seededFrame(parity, 0);
	const features = await plain.encodeImage(frame, signal);
	const quantized = await int8.encodeImage(frame, signal);
	for (const name of ['f', 's0', 's1'] as const) {
		const apart = distance(quantized[name].data, features[name].data);
		expect(apart).toBeGreaterThan(1e-4);
		expect(apart).toBeLessThan(0.05);
	}

	// Memories whose neighbouring places are alike, as those of real pictures are.
	const edge = config.imageSize / 16;
	const memories = [0, 1, 2].map((row) => {
		const wave = (_: unknown, index: number) => {
			const token = Math.floor(index / config.memoryChannels);
			return Math.sin((token % edge) / 8 + token / edge / 8 + (index % config.memoryChannels) + row);
		};
		return { memory: toBfloat16(Float32Array.from({ length: edge * edge * config.memoryChannels }, wave)), row };
	});
	const pointer = Float32Array.from({ length: config.channels }, (_, index) => Math.cos(index));
	const remembered: Remembered = { memories, pointers: [{ pointer, time: 0.2 }] };
	const attended = await plain.attend(features, remembered, signal);
	const pooled = await engineOf({ precision: 'fp32', memoryPooling: 2 }).attend(features, remembered, signal);
	expect(distance(pooled.data, attended.data)).toBeGreaterThan(1e-4);
	// Were a pooled place to weigh as one, it would be 0.02.
	expect(distance(pooled.data, attended.data)).toBeLessThan(0.005);
	const plainDialect = engineOf({ precision: 'fp32', memoryPooling: 2 }, 'plain');
	expect(distance((await plainDialect.attend(features, remembered, signal)).data, pooled.data)).toBeLessThan(1e-5);
	const both = await engineOf({ precision: 'int8', memoryPooling: 2 }).attend(features, remembered, signal);
	expect(distance(both.data, attended.data)).toBeLessThan(0.1);
});

it('whole-number weights stay where no processor cuts sums of their products', () => {
	const weight = Float32Array.of(0.5, -1, 0.25, 0, 0, 0);
	const { data, scale } = quantizeRows(weight, 2);
	expect(scale).toEqual(Float32Array.of(1 / 64, 1));
	expect(data).toEqual(Int8Array.of(32, 0, -64, 0, 16, 0));
	// Only the two heaviest graphs have them.
	const variant: GraphVariant = { precision: 'int8', memoryPooling: 1 };
	const build = (name: Parameters<typeof buildGraph>[0]) => buildGraph(name, config, { dialect: 'contrib', variant });
	expect(build('mask-decoder').quantized).toEqual([]);
	expect(build('memory-encoder').quantized).toEqual([]);
	// Four layers of: two attentions of q, k, v and out, two layers of feed-forward; the pointers' time; k of pointers.
	expect(build('memory-attention').quantized).toHaveLength(4 * 11 + 1);
});
