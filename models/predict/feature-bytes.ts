import { assert } from '../../preload/common/assert.ts';
import type { Sam2Config } from '../sam2/config.ts';
import { gridSize } from '../sam2/config.ts';
import type { Features } from './engine.ts';
import type { Tensor } from './session.ts';

/**
 * How features are kept. `half`: float16, half the bytes; they are rounded before their first use, so that it makes no
 * difference whether they were kept. `single`: as the network gave them, to compare with the reference.
 */
export type FeaturePrecision = 'half' | 'single';

/** f, s0 and s1 one after the other: 8 MiB at 1024 in half precision. */
export function packFeatures({ f, s0, s1 }: Features, precision: FeaturePrecision): Uint8Array {
	const parts = [f, s0, s1].map(({ data }) => data);
	const count = parts.reduce((sum, part) => sum + part.length, 0);
	const packed = precision === 'half' ? new Float16Array(count) : new Float32Array(count);
	let at = 0;
	for (const part of parts) {
		packed.set(part, at);
		at += part.length;
	}
	return new Uint8Array(packed.buffer);
}

/** `bytes` as `packFeatures` made them; null where they are of another size. */
export function unpackFeatures(bytes: Uint8Array, config: Sam2Config, precision: FeaturePrecision): Features | null {
	const shapes = featureShapes(config);
	if (bytes.byteLength !== featureBytes(config, precision)) {
		return null;
	}
	assert(bytes.byteOffset % 4 === 0, 'packed features start at a whole number');
	const count = bytes.byteLength / (precision === 'half' ? 2 : 4);
	const packed =
		precision === 'half'
			? new Float16Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, count)
			: new Float32Array(bytes.buffer, bytes.byteOffset, count);
	let at = 0;
	const [f, s0, s1] = shapes.map((shape): Tensor => {
		const start = at;
		at += sizeOf(shape);
		return { shape, data: new Float32Array(packed.subarray(start, at)) };
	}) as [Tensor, Tensor, Tensor];
	return { f, s0, s1 };
}

/** Bytes of a frame's packed features. */
export function featureBytes(config: Sam2Config, precision: FeaturePrecision): number {
	return featureShapes(config).reduce((sum, shape) => sum + sizeOf(shape), 0) * (precision === 'half' ? 2 : 4);
}

function featureShapes(config: Sam2Config): number[][] {
	const { channels } = config;
	const edge = gridSize(config);
	return [
		[1, channels, edge, edge],
		[1, channels / 8, 4 * edge, 4 * edge],
		[1, channels / 4, 2 * edge, 2 * edge],
	];
}

function sizeOf(shape: readonly number[]): number {
	return shape.reduce((product, size) => product * size, 1);
}
