import type { Mask } from '../../preload/common/picture.ts';
import type { Prompt } from '../../preload/common/prompt.ts';
import { decodeRle, encodeRle, rleFromBytes, rleToBytes } from '../../preload/common/rle.ts';
import type { InferencePrompt } from './protocol.ts';

type Size = { width: number; height: number };

export function maskToBytes(mask: Mask): Uint8Array {
	return rleToBytes(encodeRle(mask));
}

export function maskFromBytes(size: Size, bytes: Uint8Array): Mask {
	return decodeRle(rleFromBytes(size, bytes));
}

export function promptsFromWire(size: Size, prompts: readonly InferencePrompt[]): Prompt[] {
	return prompts.map((prompt) =>
		prompt.kind === 'mask' ? { ...prompt, mask: rleFromBytes(size, prompt.mask) } : prompt,
	);
}
