import { StudioError } from '../../preload/common/studio-error.ts';
import { ByteReader } from './byte-reader.ts';
import type { CheckpointTensor } from './checkpoint.ts';
import type { NumberType } from './numbers.ts';
import { bytesEach, elementCount, toFloat32 } from './numbers.ts';
import type { RandomAccess } from './random-access.ts';
import { readWithin } from './zip.ts';

const HEADER_LIMIT_BYTES = 64 * 2 ** 20;

const numberTypes: Readonly<Record<string, NumberType>> = {
	F32: 'float32',
	F16: 'float16',
	BF16: 'bfloat16',
	F64: 'float64',
};

/** Tensors of a safetensors file: the header's size, the header as JSON, the numbers. */
export async function openSafetensors(file: RandomAccess): Promise<Map<string, CheckpointTensor>> {
	const headerBytes = new ByteReader(await readWithin(file, 0, 8), 'the header').size64();
	if (headerBytes > HEADER_LIMIT_BYTES) {
		throw new StudioError('weights.tooLarge', {
			part: 'header',
			sizeBytes: headerBytes,
			limitBytes: HEADER_LIMIT_BYTES,
		});
	}
	const header = parseHeader(await readWithin(file, 8, headerBytes));
	const tensors = new Map<string, CheckpointTensor>();
	for (const [key, info] of Object.entries(header)) {
		if (key !== '__metadata__') {
			tensors.set(key, tensorOf(file, 8 + headerBytes, key, info));
		}
	}
	if (tensors.size === 0) {
		throw new StudioError('weights.noTensors');
	}
	return tensors;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
	let header: unknown;
	try {
		header = JSON.parse(new TextDecoder().decode(bytes));
	} catch (cause) {
		throw new StudioError('weights.damaged', { reason: 'its header is not JSON' }, { cause });
	}
	if (typeof header !== 'object' || header === null || Array.isArray(header)) {
		throw new StudioError('weights.damaged', { reason: 'its header is not a table' });
	}
	return header as Record<string, unknown>;
}

function tensorOf(file: RandomAccess, dataStart: number, key: string, info: unknown): CheckpointTensor {
	const { dtype, shape, data_offsets: offsets } = (info ?? {}) as Record<string, unknown>;
	if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
		throw new StudioError('weights.damaged', { reason: `its header says nothing usable of ${key.slice(0, 200)}` });
	}
	const type = numberTypes[dtype];
	if (type === undefined) {
		throw new StudioError('weights.numberType', { key, found: dtype.slice(0, 40) });
	}
	const [start, end] = offsets as [number, number];
	if (end - start !== elementCount(shape, key) * bytesEach[type]) {
		throw new StudioError('weights.damaged', { reason: `the numbers of ${key} do not fill its shape` });
	}
	if (dataStart + end > file.sizeBytes) {
		throw new StudioError('weights.truncated', { neededBytes: dataStart + end, foundBytes: file.sizeBytes });
	}
	const read = async () => toFloat32(await readWithin(file, dataStart + start, end - start), type);
	return { key, shape, read };
}

function isSizes(value: unknown): value is number[] {
	return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}
