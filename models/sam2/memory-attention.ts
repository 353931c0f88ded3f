import { attention } from '../onnx/attention.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { add, averagePool2, concat, layerNorm, linear, multiply, padEnd, reshape, slice } from '../onnx/ops.ts';
import { subtract, transpose, unary } from '../onnx/ops.ts';
import { fixed, merged } from '../onnx/shape.ts';
import type { Sam2Config } from './config.ts';
import { gridSize } from './config.ts';
import { rotation, sinePosition } from './position.ts';

const LAYERS = 4;
const LAYER_NORM_EPSILON = 1e-5;

export type MemoryInputs = {
	/** Memories without position, [F, h w, M], and their temporal rows [F, 1, M]. */
	memory: Value;
	memoryTime: Value;
	/** Pointers cut into tokens, [1, P k, M], and their temporal encoding of the same shape. */
	pointers: Value;
	pointerTime: Value;
	/** Edge of the square of memory tokens that are attended to as one: their mean stands for them. */
	memoryPooling: 1 | 2;
};

/**
 * Four layers of: self-attention with rotation, attention to the memories (their keys rotated, the pointers' not),
 * feed-forward. The frame's own position enters once, a tenth of it, at the start.
 *
 *   tokens [1, h w, C] -> [1, h w, C]
 */
export function memoryAttention(
	graph: Graph,
	key: string,
	config: Sam2Config,
	inputs: MemoryInputs & { tokens: Value },
): Value {
	const { channels, memoryChannels } = config;
	const edge = gridSize(config);
	const position = graph.constant('sine-position', [1, edge * edge, channels], () =>
		sinePosition(edge, channels).map((value) => Math.fround(value * Math.fround(0.1))),
	);
	const memoryPosition = graph.constant('memory-sine-position', [1, edge * edge, memoryChannels], () =>
		sinePosition(edge, memoryChannels),
	);
	const { memoryPooling } = inputs;
	const rotate = rotator(graph, config, 1);
	const rotateMemory = memoryPooling === 1 ? rotate : rotator(graph, config, memoryPooling);
	const everyPlaced = add(graph, inputs.memory, add(graph, memoryPosition, inputs.memoryTime)); // [F, h w, M]
	const placed = memoryPooling === 1 ? everyPlaced : pooled(graph, everyPlaced, edge);
	const memory = memoryPooling === 1 ? inputs.memory : pooled(graph, inputs.memory, edge);
	const placedPointers = add(graph, inputs.pointers, inputs.pointerTime); // [1, P k, M]
	const [frames, area] = memory.shape as [string, number];
	const flat = reshape(graph, memory, [1, merged(frames, area), memoryChannels]);
	const values = concat(graph, [flat, inputs.pointers], 1, 'memory_tokens'); // [1, N, M]
	let tokens = add(graph, inputs.tokens, position);
	for (let index = 0; index < LAYERS; index++) {
		const layer = `${key}.layers.${index}`;
		const self = layerNorm(graph, `${layer}.norm1`, tokens, LAYER_NORM_EPSILON);
		const attended = attention(graph, {
			query: rotate(linear(graph, `${layer}.self_attn.q_proj`, self, channels)),
			key: rotate(linear(graph, `${layer}.self_attn.k_proj`, self, channels)),
			value: linear(graph, `${layer}.self_attn.v_proj`, self, channels),
			heads: 1,
		});
		tokens = add(graph, tokens, linear(graph, `${layer}.self_attn.out_proj`, attended, channels));
		const cross = `${layer}.cross_attn_image`;
		const query = layerNorm(graph, `${layer}.norm2`, tokens, LAYER_NORM_EPSILON);
		const rotated = rotateMemory(linear(graph, `${cross}.k_proj`, placed, channels)); // [F, h w, C]
		const flatKeys = reshape(graph, rotated, [1, merged(frames, area), channels]);
		const pointerKeys = unrotated(graph, linear(graph, `${cross}.k_proj`, placedPointers, channels));
		const counted = countedAttention(graph, memoryPooling, {
			query: rotate(linear(graph, `${cross}.q_proj`, query, channels)),
			memoryKeys: flatKeys,
			pointerKeys,
		});
		// One head, and rows of the softmax sum to one: attend over the narrow memory, project after.
		const remembered = attention(graph, { ...counted, value: values, heads: 1, scale: 1 / Math.sqrt(channels) }); // [1, h w, M]
		const widened = linear(graph, `${cross}.v_proj`, remembered, channels);
		tokens = add(graph, tokens, linear(graph, `${cross}.out_proj`, widened, channels));
		const normed = layerNorm(graph, `${layer}.norm3`, tokens, LAYER_NORM_EPSILON);
		const hidden = unary(graph, 'Relu', linear(graph, `${layer}.linear1`, normed, config.memoryFeedForward));
		tokens = add(graph, tokens, linear(graph, `${layer}.linear2`, hidden, channels));
	}
	return layerNorm(graph, `${key}.norm`, tokens, LAYER_NORM_EPSILON);
}

/** Means of 2x2 tokens: [F, h w, M] -> [F, h w / 4, M] */
function pooled(graph: Graph, tokens: Value, edge: number): Value {
	const [frames, , channels] = tokens.shape as [string, number, number];
	const pictures = transpose(graph, reshape(graph, tokens, [frames, edge, edge, channels]), [0, 3, 1, 2]);
	const halved = transpose(graph, averagePool2(graph, pictures), [0, 2, 3, 1]); // [F, h/2, w/2, M]
	return reshape(graph, halved, [frames, (edge * edge) / 4, channels]);
}

/** Columns added to queries and keys; a multiple of what processors work on at once. */
const COUNT_COLUMNS = 8;

/**
 * Queries and the keys of memories and pointers. A pooled token stands for four, so it has to weigh as four: the
 * logarithm of 4 is added to its scores, through columns that are multiplied to just that.
 */
function countedAttention(
	graph: Graph,
	pooling: 1 | 2,
	parts: { query: Value; memoryKeys: Value; pointerKeys: Value },
): { query: Value; key: Value } {
	const { query, memoryKeys, pointerKeys } = parts;
	if (pooling === 1) {
		return { query, key: concat(graph, [memoryKeys, pointerKeys], 1, 'memory_tokens') }; // [1, N, C]
	}
	const columns = [0, 0, COUNT_COLUMNS];
	const scale = 1 / Math.sqrt(fixed(query.shape[2]));
	const weighty = padEnd(graph, memoryKeys, columns, Math.log(pooling * pooling) / (scale * COUNT_COLUMNS));
	const key = concat(graph, [weighty, padEnd(graph, pointerKeys, columns)], 1, 'memory_tokens'); // [1, N, C + 8]
	return { query: padEnd(graph, query, columns, 1), key };
}

/**
 * Rotates neighbouring channels as complex numbers by the token's place, [B, h w, C]. In the plain dialect the result
 * has the even channels first and then the odd ones: queries and keys, rotated or not, share that order, so their
 * products are the same.
 */
function rotator(graph: Graph, config: Sam2Config, pooling: 1 | 2): (value: Value) => Value {
	const { channels } = config;
	const edge = gridSize(config) / pooling;
	const shape = [edge * edge, channels / 2];
	const suffix = pooling === 1 ? '' : '-pooled';
	const cosines = graph.constant(`rotation-cos${suffix}`, shape, () => rotation({ edge, channels, pooling }, 'cos'));
	const sines = graph.constant(`rotation-sin${suffix}`, shape, () => rotation({ edge, channels, pooling }, 'sin'));
	if (graph.dialect === 'contrib') {
		// One pass over the numbers; position ids of one 0 count from there.
		const fromStart = graph.integers([0]);
		return (value) =>
			graph.node(
				'RotaryEmbedding',
				[value, fromStart, cosines, sines],
				[{ shape: value.shape }],
				{ interleaved: 1, num_heads: 1, rotary_embedding_dim: channels },
				'com.microsoft',
			)[0]!;
	}
	return (value) => {
		const [even, odd] = evenAndOdd(graph, value);
		const real = subtract(graph, multiply(graph, even, cosines), multiply(graph, odd, sines));
		const imaginary = add(graph, multiply(graph, even, sines), multiply(graph, odd, cosines));
		return concat(graph, [real, imaginary], 2);
	};
}

/** The order of the rotator's result without its rotation. */
function unrotated(graph: Graph, value: Value): Value {
	return graph.dialect === 'contrib' ? value : concat(graph, evenAndOdd(graph, value), 2);
}

function evenAndOdd(graph: Graph, value: Value): [Value, Value] {
	const end = fixed(value.shape[2]);
	const even = slice(graph, value, { axis: 2, start: 0, end, step: 2 });
	return [even, slice(graph, value, { axis: 2, start: 1, end, step: 2 })];
}
