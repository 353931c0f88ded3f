import { expectedTensors } from '../../models/sam2/build.ts';
import type { Sam2Config } from '../../models/sam2/config.ts';

/*
 * Weights drawn from a seed, the same here and in make_golden.py, so that no weights are committed: number `index` of
 * the tensor `key` is a hash of seed, key and index, as a float in [-1, 1), times the scale of its kind.
 */

/** A kind's numbers are `centre + scale * u`. The first pattern that the key matches counts; make_golden.py has the same. */
const kinds: readonly { pattern: RegExp; centre: number; scale: number | 'fan' }[] = [
	{ pattern: /pred_obj_score_head\.layers\.2\.bias$/, centre: 0, scale: 0 },
	{ pattern: /pred_obj_score_head\.layers\.2\.weight$/, centre: 0, scale: 0.5 },
	{
		pattern: /(norm\w*|ln)\.weight$|(mask_downscaling\.[14]|output_upscaling\.1|encoder\.(1|4|7|10))\.weight$/,
		centre: 1,
		scale: 0.1,
	},
	{ pattern: /gamma$/, centre: 0.5, scale: 0.3 },
	{ pattern: /mask_downsample\.weight$/, centre: 0, scale: 0.5 },
	{ pattern: /gaussian_matrix$/, centre: 0, scale: 1.5 },
	{ pattern: /(maskmem_tpos_enc|no_mem_embed|no_mem_pos_enc|no_obj_ptr|no_obj_embed_spatial)$/, centre: 0, scale: 0.5 },
	{ pattern: /pos_embed(_window)?$/, centre: 0, scale: 0.3 },
	{ pattern: /(token|tokens|embed|point_embeddings\.\d)\.weight$/, centre: 0, scale: 1 },
	{ pattern: /bias$/, centre: 0, scale: 0.1 },
	{ pattern: /weight$/, centre: 0, scale: 'fan' },
];

export type SeededOptions = { seed: number; objectScoreBias: number };

export function seededTensor(key: string, shape: readonly number[], options: SeededOptions): Float32Array {
	const count = shape.reduce((product, size) => product * size, 1);
	const kind = kinds.find(({ pattern }) => pattern.test(key))!;
	const fan = shape.slice(1).reduce((product, size) => product * size, 1);
	const scale = kind.scale === 'fan' ? Math.sqrt(3 / fan) : kind.scale;
	const centre = key.endsWith('pred_obj_score_head.layers.2.bias') ? options.objectScoreBias : kind.centre;
	const start = hashText(`${options.seed}/${key}`);
	const data = new Float32Array(count);
	for (let index = 0; index < count; index++) {
		const unit = (mix((start + Math.imul(index, 0x9e3779b1)) >>> 0) >>> 8) / 0x800000 - 1;
		data[index] = centre + scale * unit;
	}
	return data;
}

/** Every tensor of a network. */
export function seededTensors(
	config: Sam2Config,
	options: SeededOptions,
): Map<string, { shape: readonly number[]; data: () => Float32Array }> {
	return new Map(
		[...expectedTensors(config)].map(([key, shape]) => [key, { shape, data: () => seededTensor(key, shape, options) }]),
	);
}

/** 32-bit FNV-1a. */
export function hashText(text: string): number {
	let hash = 0x811c9dc5;
	for (const byte of new TextEncoder().encode(text)) {
		hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
	}
	return hash;
}

/** Spreads the bits of a 32-bit number. */
function mix(value: number): number {
	value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
	value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
	return (value ^ (value >>> 16)) >>> 0;
}
