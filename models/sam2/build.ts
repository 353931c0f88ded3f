import { Graph } from '../onnx/graph.ts';
import type { Dialect, GraphPrecision, Value } from '../onnx/graph.ts';
import {
	add,
	concat,
	conv,
	divide,
	gatherRows,
	linear,
	multiply,
	reshape,
	transpose,
	unary,
	where,
} from '../onnx/ops.ts';
import { greater } from '../onnx/ops.ts';
import { merged } from '../onnx/shape.ts';
import type { FloatSize } from '../../preload/common/device.ts';
import type { Sam2Config } from './config.ts';
import { gridSize, lowResSize, MEMORY_ROWS, tokensPerPointer } from './config.ts';
import { fpn } from './fpn.ts';
import { hiera } from './hiera.ts';
import { maskDecoder, mlp } from './mask-decoder.ts';
import { memoryAttention } from './memory-attention.ts';
import { markAbsent, memoryEncoder } from './memory-encoder.ts';
import { sinePeriod } from './position.ts';
import { densePosition, encodeMask, encodePoints, toTokens } from './prompt-encoder.ts';

export const graphNames = [
	'image-encoder',
	'mask-prompt',
	'mask-decoder',
	'memory-encoder',
	'memory-attention',
] as const;
export type GraphName = (typeof graphNames)[number];

/**
 * In what a network's graphs can differ from the plain ones; all of it changes the result. Image size is part of the
 * configuration.
 */
export type GraphVariant = {
	/** `int8`: linear layers of the image encoder and of memory attention in whole numbers. */
	precision: GraphPrecision;
	/** Edge of the square of memory tokens that are attended to as one: 1, or 2. */
	memoryPooling: 1 | 2;
};
export const plainVariant: GraphVariant = { precision: 'fp32', memoryPooling: 1 };
type BuildOptions = { dialect: Dialect; variant?: GraphVariant; floats?: FloatSize };

/** Graphs in which most of the time goes; whole numbers and half precision are for these. */
export const heavyGraphs: readonly GraphName[] = ['image-encoder', 'memory-attention'];

/** Tensors of a checkpoint that no graph reads, on purpose. */
export const unusedKeys: readonly string[] = ['no_mem_pos_enc'];

const builders: Record<GraphName, (graph: Graph, config: Sam2Config, variant: GraphVariant) => void> = {
	'image-encoder': buildImageEncoder,
	'mask-prompt': buildMaskPrompt,
	'mask-decoder': buildMaskDecoder,
	'memory-encoder': buildMemoryEncoder,
	'memory-attention': buildMemoryAttention,
};

/** The graph `name` of a network. */
export function buildGraph(name: GraphName, config: Sam2Config, options: BuildOptions): Graph {
	const { dialect, variant = plainVariant, floats } = options;
	const isHeavy = heavyGraphs.includes(name);
	const graph = new Graph(name, {
		dialect,
		precision: isHeavy ? variant.precision : 'fp32',
		floats: isHeavy ? floats : 'fp32',
	});
	builders[name](graph, config, variant);
	return graph;
}

/** Every tensor that a checkpoint of this network must hold, with its shape; the unused ones too. */
export function expectedTensors(config: Sam2Config): Map<string, readonly number[]> {
	const expected = new Map<string, readonly number[]>();
	for (const name of graphNames) {
		for (const weight of buildGraph(name, config, { dialect: 'plain' }).weights.values()) {
			expected.set(weight.key, weight.shape);
		}
	}
	unusedKeys.forEach((key) => expected.set(key, [1, 1, config.channels]));
	return expected;
}

/**
 *   image [1, 3, S, S], normalized -> f [1, C, h, w], s0 [1, C/8, 4h, 4w], s1 [1, C/4, 2h, 2w]
 *
 * The decoder's convolutions of the fine features depend on the frame alone, so they are here.
 */
function buildImageEncoder(graph: Graph, config: Sam2Config): void {
	const { channels, imageSize } = config;
	const image = graph.input('image', [1, 3, imageSize, imageSize]);
	const levels = hiera(graph, 'image_encoder.trunk', config, image);
	const [fine, middle, coarse] = fpn(graph, 'image_encoder.neck', config, levels);
	graph.output('f', coarse);
	graph.output('s0', conv(graph, 'sam_mask_decoder.conv_s0', fine, { outputs: channels / 8, kernel: 1 }));
	graph.output('s1', conv(graph, 'sam_mask_decoder.conv_s1', middle, { outputs: channels / 4, kernel: 1 }));
}

/** A given mask [1, 1, S, S] of 0 and 1 as the decoder's mask prompt [1, 1, S/4, S/4]. */
function buildMaskPrompt(graph: Graph, config: Sam2Config): void {
	const mask = graph.input('mask', [1, 1, config.imageSize, config.imageSize]);
	graph.output('mask_prompt', conv(graph, 'mask_downsample', mask, { outputs: 1, kernel: 4, stride: 4 }));
}

/**
 *   features [1, C, h, w], s0, s1, is_still [1] (1: no memory is in the features), points [1, P, 2] in pixels of the
 *   square, labels [1, P], mask [1, 1, 4h, 4w], has_mask [1]
 *   -> masks [1, 4, 4h, 4w], predicted_iou [1, 4], pointers [1, 4, C], absent_pointer [1, C], object_score [1, 1]
 *
 * `pointers` are already the absent one where the object score is not above 0.
 */
function buildMaskDecoder(graph: Graph, config: Sam2Config): void {
	const { channels } = config;
	const edge = gridSize(config);
	const lowRes = lowResSize(config);
	const features = graph.input('features', [1, channels, edge, edge]);
	const s0 = graph.input('s0', [1, channels / 8, 4 * edge, 4 * edge]);
	const s1 = graph.input('s1', [1, channels / 4, 2 * edge, 2 * edge]);
	const isStill = graph.input('is_still', [1]);
	const points = graph.input('points', [1, 'points', 2]);
	const labels = graph.input('labels', [1, 'points']);
	const mask = graph.input('mask', [1, 1, lowRes, lowRes]);
	const hasMask = graph.input('has_mask', [1]);

	const noMemory = reshape(graph, graph.weight('no_mem_embed', [1, 1, channels]), [1, channels, 1, 1]);
	const prompt = 'sam_prompt_encoder';
	const decoded = maskDecoder(graph, 'sam_mask_decoder', config, {
		features: add(graph, features, multiply(graph, isStill, noMemory)),
		s0,
		s1,
		dense: encodeMask(graph, prompt, config, { mask, hasMask }),
		densePosition: densePosition(graph, prompt, config),
		sparse: encodePoints(graph, prompt, config, { points, labels }),
	});
	const absent = graph.weight('no_obj_ptr', [1, channels]);
	const pointers = mlp(graph, 'obj_ptr_proj', decoded.maskTokens, [channels, channels, channels]); // [1, 4, C]
	const isPresent = reshape(graph, greater(graph, decoded.objectScore, graph.scalar(0)), [1, 1, 1]);
	graph.output('masks', decoded.masks);
	graph.output('predicted_iou', decoded.predictedIou);
	graph.output('pointers', where(graph, isPresent, pointers, absent));
	graph.output('absent_pointer', absent);
	graph.output('object_score', decoded.objectScore);
}

/** f [1, C, h, w], logits [1, 1, 4h, 4w], is_hard [1], is_present [1] -> memory [1, h w, M] */
function buildMemoryEncoder(graph: Graph, config: Sam2Config): void {
	const edge = gridSize(config);
	const lowRes = lowResSize(config);
	const features = graph.input('f', [1, config.channels, edge, edge]);
	const logits = graph.input('logits', [1, 1, lowRes, lowRes]);
	const isHard = graph.input('is_hard', [1]);
	const memory = memoryEncoder(graph, 'memory_encoder', config, { features, logits, isHard });
	if (config.version === '2.0') {
		graph.output('memory', memory);
		return;
	}
	const isPresent = graph.input('is_present', [1]);
	graph.output('memory', markAbsent(graph, 'no_obj_embed_spatial', config, memory, isPresent));
}

/**
 *   f [1, C, h, w], memory [F, h w, M], memory_rows [F] (rows of the temporal encoding), pointers [P, C],
 *   pointer_times [P] (distance in frames, signed, over the longest one) -> features [1, C, h, w]
 */
function buildMemoryAttention(graph: Graph, config: Sam2Config, { memoryPooling }: GraphVariant): void {
	const { channels, memoryChannels } = config;
	const edge = gridSize(config);
	const f = graph.input('f', [1, channels, edge, edge]);
	const memory = graph.input('memory', ['frames', edge * edge, memoryChannels]);
	const memoryRows = graph.input('memory_rows', ['frames']);
	const pointers = graph.input('pointers', ['pointers', channels]);
	const temporal = graph.weight('maskmem_tpos_enc', [MEMORY_ROWS, 1, 1, memoryChannels]);
	const cut = tokensPerPointer(config);
	const pointerTokens = ['pointers', cut, memoryChannels] as const;
	const flat = (value: Value) => reshape(graph, value, [1, merged('pointers', cut), memoryChannels]);
	const cutPointers = reshape(graph, pointers, pointerTokens);
	const timed = config.version === '2.0' ? null : graph.input('pointer_times', ['pointers']);
	const attended = memoryAttention(graph, 'memory_attention', config, {
		tokens: toTokens(graph, f),
		memory,
		memoryTime: gatherRows(graph, reshape(graph, temporal, [MEMORY_ROWS, 1, memoryChannels]), memoryRows),
		pointers: flat(cutPointers),
		memoryPooling,
		pointerTime: timed === null ? graph.scalar(0) : flat(pointerTime(graph, config, timed, cutPointers)),
	});
	graph.output('features', reshape(graph, transpose(graph, attended, [0, 2, 1]), [1, channels, edge, edge]));
}

/** Sines and cosines of each pointer's distance, projected, the same for all its tokens: [P, k, M] (2.1). */
function pointerTime(graph: Graph, config: Sam2Config, times: Value, like: Value): Value {
	const { channels, memoryChannels } = config;
	const half = channels / 2;
	const periods = graph.constant('pointer-periods', [1, half], () =>
		Float32Array.from({ length: half }, (_, channel) => sinePeriod(channel, half)),
	);
	const phase = divide(graph, reshape(graph, times, ['pointers', 1]), periods); // [P, C/2]
	const waves = concat(graph, [unary(graph, 'Sin', phase), unary(graph, 'Cos', phase)], -1); // [P, C]
	const projected = linear(graph, 'obj_ptr_tpos_proj', waves, memoryChannels);
	const nothing = multiply(graph, like, graph.scalar(0)); // [P, k, M]
	return add(graph, nothing, reshape(graph, projected, ['pointers', 1, memoryChannels]));
}
