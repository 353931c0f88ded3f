import { assert } from '../../preload/common/assert.ts';
import type { Graph, Value } from './graph.ts';
import { matmul, multiply, reshape, softmax, transpose } from './ops.ts';
import { fixed } from './shape.ts';

/**
 * Scaled dot-product attention of `heads` heads; the scale is 1 / sqrt(channels of a head) where none is given.
 *
 *   query [B, N, C], key [B, M, C], value [B, M, D] -> [B, N, D]
 *
 * D may differ from C. The contrib form is fused and holds no [N, M] matrix.
 */
export function attention(
	graph: Graph,
	inputs: { query: Value; key: Value; value: Value; heads: number; scale?: number },
): Value {
	const { query, key, value, heads } = inputs;
	const channels = fixed(query.shape[2]);
	const valueChannels = fixed(value.shape[2]);
	assert(channels === key.shape[2] && key.shape[1] === value.shape[1], 'attention over keys of another size');
	assert(channels % heads === 0 && valueChannels % heads === 0, `${channels} channels in ${heads} heads`);
	const scale = inputs.scale ?? 1 / Math.sqrt(channels / heads);
	const shape = [query.shape[0]!, query.shape[1]!, valueChannels];
	if (graph.dialect === 'contrib') {
		const attributes = { num_heads: heads, scale: { float: scale } };
		return graph.node('MultiHeadAttention', [query, key, value], [{ shape }], attributes, 'com.microsoft')[0]!;
	}
	const separate = (tokens: Value, order: readonly number[]) => {
		const [batch, length, size] = tokens.shape;
		return transpose(graph, reshape(graph, tokens, [batch!, length!, heads, fixed(size) / heads]), order);
	};
	const scaledQuery = multiply(graph, separate(query, [0, 2, 1, 3]), graph.scalar(scale)); // [B, h, N, C/h]
	const scores = matmul(graph, scaledQuery, separate(key, [0, 2, 3, 1])); // [B, h, N, M]
	const attended = matmul(graph, softmax(graph, scores), separate(value, [0, 2, 1, 3])); // [B, h, N, D/h]
	return reshape(graph, transpose(graph, attended, [0, 2, 1, 3]), shape);
}
