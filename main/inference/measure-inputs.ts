import type { Tensor } from '../../models/predict/session.ts';
import type { GraphName } from '../../models/sam2/build.ts';
import { gridSize, lowResSize, type Sam2Config } from '../../models/sam2/config.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';

/** A full bank: the anchor and the six frames before, as most frames of a run have it. */
const memories = 7;
const pointerCount = 16;

/** What a graph is measured with: numbers of a fixed pattern, of the size that a frame of a run gives it. */
export function measureInputs(graphName: GraphName, config: Sam2Config): Record<string, Tensor> {
	const { channels, memoryChannels, imageSize, version } = config;
	const grid = gridSize(config);
	const lowRes = lowResSize(config);
	const f = pattern([1, channels, grid, grid], 1);
	const s0 = pattern([1, channels / 8, 4 * grid, 4 * grid], 2);
	const s1 = pattern([1, channels / 4, 2 * grid, 2 * grid], 3);
	const logits = pattern([1, 1, lowRes, lowRes], 4);
	switch (graphName) {
		case 'image-encoder':
			return { image: pattern([1, 3, imageSize, imageSize], 5) };
		case 'mask-prompt':
			return { mask: pattern([1, 1, imageSize, imageSize], 6) };
		case 'mask-decoder':
			return {
				features: f,
				s0,
				s1,
				is_still: numbers([0]),
				points: { shape: [1, 1, 2], data: Float32Array.of(imageSize / 2, imageSize / 3) },
				labels: { shape: [1, 1], data: Float32Array.of(1) },
				mask: logits,
				has_mask: numbers([0]),
			};
		case 'memory-encoder':
			return { f, logits, is_hard: numbers([0]), ...(version === '2.1' ? { is_present: numbers([1]) } : {}) };
		case 'memory-attention': {
			const rows = Array.from({ length: memories }, (_, index) => index);
			const times = Array.from({ length: pointerCount }, (_, index) => index / pointerCount);
			return {
				f,
				memory: pattern([memories, grid * grid, memoryChannels], 7),
				memory_rows: numbers(rows),
				pointers: pattern([pointerCount, channels], 8),
				...(version === '2.1' ? { pointer_times: numbers(times) } : {}),
			};
		}
	}
}

/** Pictures of a square that moves over a gradient. */
export function measurePicture(frameIndex: number, { width, height }: { width: number; height: number }): RgbPicture {
	const data = new Uint8Array(width * height * 3);
	const left = Math.round(width / 4 + (frameIndex * width) / 200);
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at += 3) {
			const isObject = x >= left && x < left + width / 4 && y >= height / 3 && y < (2 * height) / 3;
			data[at] = isObject ? 210 : (120 * x) / width;
			data[at + 1] = isObject ? 160 : (120 * y) / height;
			data[at + 2] = isObject ? 40 + ((x * 7 + y * 13) & 31) : 90 + ((x * 5 + y * 3) & 15);
		}
	}
	return { width, height, data };
}

/** Between -1 and 1. */
function pattern(shape: readonly number[], seed: number): Tensor {
	const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
	let state = seed;
	for (let index = 0; index < data.length; index++) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
		data[index] = state / 2 ** 31;
	}
	return { shape, data };
}

function numbers(values: readonly number[]): Tensor {
	return { shape: [values.length], data: Float32Array.from(values) };
}
