import { StudioError } from '../../preload/common/studio-error.ts';
import type { CheckpointTensor } from './checkpoint.ts';
import type { NumberType } from './numbers.ts';
import { bytesEach, elementCount, toFloat32 } from './numbers.ts';
import type { PickledTensor, PickledValue } from './pickle.ts';
import { isKind, readPickle } from './pickle.ts';
import type { RandomAccess } from './random-access.ts';
import type { ZipEntry } from './zip.ts';
import { dataOffset, readWithin, readZipDirectory } from './zip.ts';

const PICKLE_LIMIT_BYTES = 64 * 2 ** 20;

const storageTypes: Readonly<Record<string, NumberType>> = {
	FloatStorage: 'float32',
	HalfStorage: 'float16',
	BFloat16Storage: 'bfloat16',
	DoubleStorage: 'float64',
};

/**
 * The state dict of a file that torch.save wrote: the one under `model`, else the top level itself. What else is
 * there, such as an optimiser's state, is left alone.
 */
export async function openTorch(file: RandomAccess): Promise<Map<string, CheckpointTensor>> {
	const entries = await readZipDirectory(file);
	const pickle = [...entries.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
	if (pickle === undefined) {
		throw new StudioError('weights.damaged', { reason: 'it has no list of tensors (data.pkl)' });
	}
	const root = pickle.name.slice(0, -'data.pkl'.length);
	if (entries.has(`${root}constants.pkl`)) {
		throw new StudioError('weights.script');
	}
	await requireLittleEndian(file, entries.get(`${root}byteorder`));
	if (pickle.sizeBytes > PICKLE_LIMIT_BYTES) {
		const limitBytes = PICKLE_LIMIT_BYTES;
		throw new StudioError('weights.tooLarge', { part: 'list of tensors', sizeBytes: pickle.sizeBytes, limitBytes });
	}
	const bytes = await readWithin(file, await dataOffset(file, pickle), pickle.sizeBytes);
	const tensors = new Map<string, CheckpointTensor>();
	for (const [key, tensor] of stateDict(readPickle(bytes))) {
		tensors.set(key, tensorOf(file, entries.get(`${root}data/${tensor.storage.key}`), key, tensor));
	}
	return tensors;
}

function stateDict(top: PickledValue): [string, PickledTensor][] {
	if (!isKind(top, 'dict')) {
		throw new StudioError('weights.noTensors');
	}
	const model = [...top.entries].find(([key]) => key === 'model')?.[1];
	const dict = isKind(model, 'dict') ? model : top;
	const found = [...dict.entries].filter((entry): entry is [string, PickledTensor] => {
		return typeof entry[0] === 'string' && isKind(entry[1], 'tensor');
	});
	if (found.length === 0) {
		throw new StudioError('weights.noTensors');
	}
	return found;
}

function tensorOf(
	file: RandomAccess,
	entry: ZipEntry | undefined,
	key: string,
	tensor: PickledTensor,
): CheckpointTensor {
	const { storage, shape, strides, offset } = tensor;
	const type = storageTypes[storage.storageType];
	if (type === undefined) {
		const found = storage.storageType.replace(/Storage$/, '').toLowerCase();
		throw new StudioError('weights.numberType', { key, found });
	}
	const count = elementCount(shape, key);
	const span = count === 0 ? 0 : shape.reduce((last, size, axis) => last + (size - 1) * strides[axis]!, 0) + 1;
	if (entry === undefined || entry.sizeBytes < (offset + span) * bytesEach[type] || count > span) {
		throw new StudioError('weights.damaged', { reason: `the numbers of ${key} are not all there` });
	}
	const read = async () => {
		const from = (await dataOffset(file, entry)) + offset * bytesEach[type];
		const numbers = toFloat32(await readWithin(file, from, span * bytesEach[type]), type);
		return isContiguous(shape, strides) ? numbers : gathered(numbers, shape, strides);
	};
	return { key, shape, read };
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
	let expected = 1;
	for (let axis = shape.length - 1; axis >= 0; axis--) {
		if (shape[axis] !== 1 && strides[axis] !== expected) {
			return false;
		}
		expected *= shape[axis]!;
	}
	return true;
}

/** Row-major numbers of a view whose strides are not row-major, such as a transposed one. */
function gathered(numbers: Float32Array, shape: readonly number[], strides: readonly number[]): Float32Array {
	const result = new Float32Array(shape.reduce((product, size) => product * size, 1));
	const index = shape.map(() => 0);
	for (let at = 0; at < result.length; at++) {
		result[at] = numbers[index.reduce((sum, place, axis) => sum + place * strides[axis]!, 0)]!;
		for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) {
			index[axis] = 0;
		}
	}
	return result;
}

async function requireLittleEndian(file: RandomAccess, entry: ZipEntry | undefined): Promise<void> {
	if (entry === undefined || entry.sizeBytes > 16) {
		return;
	}
	const bytes = await readWithin(file, await dataOffset(file, entry), entry.sizeBytes);
	if (new TextDecoder('latin1').decode(bytes) === 'big') {
		throw new StudioError('weights.damaged', { reason: 'its numbers are big-endian' });
	}
}
