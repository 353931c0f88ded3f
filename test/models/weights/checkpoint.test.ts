import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { miniatureConfig } from '../../../models/sam2/config.ts';
import { inspectCheckpoint } from '../../../models/sam2/inspect.ts';
import { openCheckpoint } from '../../../models/weights/checkpoint.ts';
import { bytesAccess } from '../../../models/weights/random-access.ts';
import { isStudioError } from '../../../preload/common/studio-error.ts';
import { seededTensors } from '../../parity/seeded-weights.ts';
import type { FileTensor } from './torch-file.ts';
import { pickleFile, PickleWriter, storedZip, torchFile } from './torch-file.ts';

const trained = new Uint8Array(readFileSync(new URL('fixtures/trained.pt', import.meta.url)));

/** A complete checkpoint of the miniature network. */
function miniature(version: '2.0' | '2.1'): Map<string, FileTensor> {
	return new Map(seededTensors(miniatureConfig(version), { seed: 1, objectScoreBias: 0 }));
}

async function sentence(bytes: Uint8Array): Promise<string> {
	try {
		const { tensors } = await openCheckpoint(bytesAccess(bytes));
		for (const tensor of tensors.values()) {
			await tensor.read();
		}
		await inspectCheckpoint(bytesAccess(bytes));
		return 'accepted';
	} catch (error) {
		if (isStudioError(error)) {
			return `${error.code}: ${error.message}`;
		}
		throw error;
	}
}

describe('weights are read, and nothing in a file is run', () => {
	it('reads what a training run saved, views and other number types too', async () => {
		const { format, tensors } = await openCheckpoint(bytesAccess(trained));
		expect(format).toBe('torch');
		const read = async (key: string) => [...(await tensors.get(key)!.read())];
		expect([...tensors.keys()]).toEqual(['plain', 'turned', 'half', 'brain', 'double', 'scalar']);
		expect(await read('plain')).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25]);
		expect(tensors.get('turned')!.shape).toEqual([3, 2]);
		expect(await read('turned')).toEqual([0, 0.75, 0.25, 1, 0.5, 1.25]);
		expect(await read('half')).toEqual([0.5, -2, 65504, 2 ** -24]);
		expect(await read('brain')).toEqual([1, -3.5]);
		expect(await read('double')).toEqual([Math.fround(0.1)]);
		expect(await read('scalar')).toEqual([7]);
	});

	it('reads safetensors with the same keys', async () => {
		const tensors = miniature('2.1');
		const { config, checkpoint } = await inspectCheckpoint(bytesAccess(safetensorsFile(tensors)));
		expect(config).toEqual(miniatureConfig('2.1'));
		for (const [key, tensor] of tensors) {
			expect(await checkpoint.tensors.get(key)!.read()).toEqual(tensor.data());
		}
	});

	it('tells version and size from keys and shapes, and says the first tensor that does not fit', async () => {
		for (const version of ['2.0', '2.1'] as const) {
			const { config } = await inspectCheckpoint(bytesAccess(torchFile(miniature(version))));
			expect(config).toEqual(miniatureConfig(version));
		}
		const zeros = (shape: number[]): FileTensor => ({
			shape,
			data: () => new Float32Array(shape.reduce((product, size) => product * size, 1)),
		});
		const changed = (change: (tensors: Map<string, FileTensor>) => void, version: '2.0' | '2.1' = '2.1') => {
			const tensors = miniature(version);
			change(tensors);
			return sentence(torchFile(tensors));
		};
		expect(await changed((tensors) => tensors.delete('memory_attention.norm.bias'))).toBe(
			'weights.missing: The checkpoint of SAM 2.1 miniature lacks memory_attention.norm.bias (64). Choose a complete checkpoint',
		);
		expect(await changed((tensors) => tensors.delete('no_mem_pos_enc'))).toMatch(/^weights.missing: .*no_mem_pos_enc/);
		expect(await changed((tensors) => tensors.set('no_mem_embed', zeros([1, 1, 32])))).toBe(
			'weights.shape: In a checkpoint of SAM 2.1 miniature, no_mem_embed is 1 x 1 x 64; here it is 1 x 1 x 32. Choose a checkpoint of the unchanged network',
		);
		expect(await changed((tensors) => tensors.set('adapter.weight', zeros([4])))).toBe(
			'weights.extra: The checkpoint has adapter.weight (4), which SAM 2.1 miniature does not use. Choose a checkpoint of the unchanged network',
		);
		expect(await changed((tensors) => tensors.delete('no_obj_embed_spatial'))).toMatch(
			/^weights.missing: .*SAM 2.1 miniature lacks no_obj_embed_spatial \(1 x 16\)/,
		);
		expect(await changed((tensors) => tensors.set('image_encoder.trunk.blocks.20.norm1.weight', zeros([1])))).toMatch(
			/^weights.unknownSize: .*none has 9 blocks from 16 channels/,
		);
	});

	it('has a sentence for every other file', async () => {
		const one = (key: string): FileTensor => ({ shape: [1], data: () => Float32Array.of(1 + key.length) });
		const named = (...keys: string[]) => torchFile(new Map(keys.map((key) => [key, one(key)])));
		const whole = torchFile(miniature('2.1'));
		const text = (value: string) => new TextEncoder().encode(value);
		const code = new PickleWriter().bytes(0x80, 2).global('os', 'system').ascii('(').text('id').ascii('tR.').finish();
		const hidden = new PickleWriter().bytes(0x80, 4).bytes(0x8c, 5).ascii('posix').bytes(0x8c, 6).ascii('system');
		const found = {
			empty: await sentence(new Uint8Array()),
			text: await sentence(text('weights')),
			picture: await sentence(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0)),
			half: await sentence(whole.subarray(0, whole.length >> 1)),
			lastByteGone: await sentence(whole.subarray(0, -1)),
			sam1: await sentence(named('image_encoder.pos_embed', 'image_encoder.blocks.0.norm1.weight')),
			transformers: await sentence(named('vision_encoder.backbone.pos_embed')),
			resnet: await sentence(named('layer1.0.conv1.weight')),
			code: await sentence(pickleFile(code)),
			stackCode: await sentence(pickleFile(hidden.bytes(0x93).ascii('.').finish())),
			instance: await sentence(pickleFile(text('(icos\nsystem\n.'))),
			oldTorch: await sentence(Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20)),
			script: await sentence(pickleFile(text('N.'), [{ name: 'archive/constants.pkl', data: text('N.') }])),
			bomb: await sentence(storedZip([{ name: 'archive/data.pkl', data: text('N.') }], 8)),
			zip: await sentence(storedZip([{ name: 'readme.txt', data: text('hello') }])),
			list: await sentence(pickleFile(text('].'))),
			flood: await sentence(pickleFile(new Uint8Array(2_000_000).fill(0x7d))),
			integers: await sentence(
				safetensorsBytes({ a: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, new Uint8Array(8)),
			),
			shortNumbers: await sentence(
				safetensorsBytes({ a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, new Uint8Array(8)),
			),
		};
		const codes = Object.fromEntries(Object.entries(found).map(([name, text]) => [name, text.split(':')[0]]));
		expect(codes).toEqual({
			empty: 'weights.unknownFormat',
			text: 'weights.unknownFormat',
			picture: 'weights.unknownFormat',
			half: 'weights.truncated',
			lastByteGone: 'weights.truncated',
			sam1: 'weights.sam1',
			transformers: 'weights.transformersLayout',
			resnet: 'weights.otherNetwork',
			code: 'weights.code',
			stackCode: 'weights.code',
			instance: 'weights.opcode',
			oldTorch: 'weights.oldFormat',
			script: 'weights.script',
			bomb: 'weights.compressed',
			zip: 'weights.damaged',
			list: 'weights.noTensors',
			flood: 'weights.damaged',
			integers: 'weights.numberType',
			shortNumbers: 'weights.truncated',
		});
		expect(found.code).toContain('asks to run os.system, and Masklet runs nothing from a file');
	});
});

describe('ten thousand damaged files', () => {
	it('end in sentences, each in a moment', async () => {
		const small = torchFile(new Map([...miniature('2.1')].slice(0, 3)));
		const safe = safetensorsFile(new Map([...miniature('2.1')].slice(0, 2)));
		const originals = [trained, small, safe];
		const random = randomNumbers(20260101);
		const codes = new Map<string, number>();
		for (let round = 0; round < 10_000; round++) {
			const code = (await sentence(damage(originals[round % 3]!, random))).split(':')[0]!;
			codes.set(code, (codes.get(code) ?? 0) + 1);
		}
		// None is a whole SAM 2 checkpoint, so every one of them ended in a sentence of the catalogue.
		expect([...codes.values()].reduce((sum, count) => sum + count, 0)).toBe(10_000);
		expect([...codes.keys()].sort()).toEqual([
			'weights.code',
			'weights.compressed',
			'weights.damaged',
			'weights.noTensors',
			'weights.numberType',
			'weights.opcode',
			'weights.otherNetwork',
			'weights.tooLarge',
			'weights.truncated',
			'weights.unknownFormat',
			'weights.unknownSize',
		]);
	});
});

/** Changes, cuts, doubles or moves some of the bytes; headers and tables more often than numbers. */
function damage(original: Uint8Array, random: (limit: number) => number): Uint8Array {
	let bytes = original.slice();
	const place = () => {
		const edge = Math.min(1500, bytes.length);
		return random(3) === 0 ? random(bytes.length) : random(2) === 0 ? random(edge) : bytes.length - 1 - random(edge);
	};
	for (let change = 0; change <= random(4); change++) {
		const at = place();
		const length = 1 + random(40);
		switch (random(5)) {
			case 0:
				bytes[at] = random(256);
				break;
			case 1:
				bytes[at]! ^= 1 << random(8);
				break;
			case 2:
				bytes.fill([0, 255, 0x28, 0x7d][random(4)]!, at, at + length);
				break;
			case 3:
				bytes = bytes.slice(0, Math.max(1, at));
				break;
			default:
				bytes.copyWithin(place(), at, at + length);
		}
	}
	return bytes;
}

function randomNumbers(seed: number): (limit: number) => number {
	let state = seed;
	return (limit) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * limit);
	};
}

function safetensorsFile(tensors: ReadonlyMap<string, FileTensor>): Uint8Array {
	const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
	const parts: Uint8Array[] = [];
	let offset = 0;
	for (const [key, tensor] of tensors) {
		const data = tensor.data();
		header[key] = { dtype: 'F32', shape: tensor.shape, data_offsets: [offset, offset + data.byteLength] };
		parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
		offset += data.byteLength;
	}
	return safetensorsBytes(header, Buffer.concat(parts));
}

function safetensorsBytes(header: Record<string, unknown>, data: Uint8Array): Uint8Array {
	const text = Buffer.from(JSON.stringify(header));
	const size = Buffer.alloc(8);
	size.writeBigUInt64LE(BigInt(text.length));
	return new Uint8Array(Buffer.concat([size, text, data]));
}
