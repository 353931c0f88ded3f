import { StudioError } from '../../preload/common/studio-error.ts';
import type { RandomAccess } from './random-access.ts';
import { openSafetensors } from './safetensors.ts';
import { openTorch } from './torch.ts';

/** One tensor of a file. `read` loads it as float32, alone. */
export type CheckpointTensor = { key: string; shape: readonly number[]; read: () => Promise<Float32Array> };
export type Checkpoint = { format: 'torch' | 'safetensors'; tensors: ReadonlyMap<string, CheckpointTensor> };

const ZIP_START = [0x50, 0x4b];
/** A pickle of protocol 2 that starts with the magic number of old torch files. */
const OLD_TORCH_START = [0x80, 0x02, 0x8a, 0x0a];

/** Opens a weights file by what it starts with. No tensor is read yet, and nothing in the file is run. */
export async function openCheckpoint(file: RandomAccess): Promise<Checkpoint> {
	const start = await file.read(0, Math.min(9, file.sizeBytes));
	if (startsWith(start, ZIP_START)) {
		return { format: 'torch', tensors: await openTorch(file) };
	}
	if (startsWith(start, OLD_TORCH_START)) {
		throw new StudioError('weights.oldFormat');
	}
	if (start[8] === 0x7b) {
		return { format: 'safetensors', tensors: await openSafetensors(file) };
	}
	const found =
		start.length === 0 ? 'nothing' : [...start.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, '0'));
	throw new StudioError('weights.unknownFormat', { found: typeof found === 'string' ? found : found.join(' ') });
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
	return prefix.every((byte, index) => bytes[index] === byte);
}
