import { attention } from '../onnx/attention.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { add, concat, convTranspose, layerNorm, layerNorm2d, linear, matmul, reshape, slice } from '../onnx/ops.ts';
import { transpose, unary } from '../onnx/ops.ts';
import type { Sam2Config } from './config.ts';
import { gridSize } from './config.ts';
import { toTokens } from './prompt-encoder.ts';

const DEPTH = 2;
const HEADS = 8;
const FEED_FORWARD = 2048;
const IOU_HIDDEN = 256;
/** Token 0 makes the single mask, 1 to 3 the three alternatives. */
export const MASK_TOKENS = 4;
const LAYER_NORM_EPSILON = 1e-5;

export type DecoderInputs = {
	/** [1, C, h, w], memory already in it. */
	features: Value;
	/** [1, C/8, 4h, 4w] and [1, C/4, 2h, 2w] */
	s0: Value;
	s1: Value;
	/** [1, C, h, w] */
	dense: Value;
	/** [1, h w, C] */
	densePosition: Value;
	/** [1, P, C] */
	sparse: Value;
};
export type DecoderOutputs = {
	/** Logits [1, 4, 4h, 4w]. */
	masks: Value;
	/** [1, 4] */
	predictedIou: Value;
	/** [1, 4, C] */
	maskTokens: Value;
	/** [1, 1] */
	objectScore: Value;
};

/*
 * tokens [object score, iou, mask 0..3, prompts] and the picture attend to each other twice (two-way transformer);
 * the picture is upscaled by 4 with the fine features added, each mask token gives the weights of its mask.
 */
export function maskDecoder(graph: Graph, key: string, config: Sam2Config, inputs: DecoderInputs): DecoderOutputs {
	const { channels } = config;
	const edge = gridSize(config);
	const learned = [
		graph.weight(`${key}.obj_score_token.weight`, [1, channels]),
		graph.weight(`${key}.iou_token.weight`, [1, channels]),
		graph.weight(`${key}.mask_tokens.weight`, [MASK_TOKENS, channels]),
	];
	const outputTokens = reshape(graph, concat(graph, learned, 0), [1, 2 + MASK_TOKENS, channels]);
	const tokens = concat(graph, [outputTokens, inputs.sparse], 1, 'queries'); // [1, 6 + P, C]
	const picture = toTokens(graph, add(graph, inputs.features, inputs.dense)); // [1, h w, C]
	const attended = twoWayTransformer(graph, `${key}.transformer`, config, {
		tokens,
		picture,
		position: inputs.densePosition,
	});
	const range = (start: number, end: number) => slice(graph, attended.tokens, { axis: 1, start, end });
	const maskTokens = range(2, 2 + MASK_TOKENS); // [1, 4, C]
	const coarse = reshape(graph, transpose(graph, attended.picture, [0, 2, 1]), [1, channels, edge, edge]);
	const fine = upscale(graph, `${key}.output_upscaling`, config, coarse, inputs);
	const kernels = Array.from({ length: MASK_TOKENS }, (_, index) => {
		const token = slice(graph, maskTokens, { axis: 1, start: index, end: index + 1 }); // [1, 1, C]
		return mlp(graph, `${key}.output_hypernetworks_mlps.${index}`, token, [channels, channels, channels / 8]);
	});
	const pixels = reshape(graph, fine, [1, channels / 8, 16 * edge * edge]);
	const masks = matmul(graph, concat(graph, kernels, 1), pixels); // [1, 4, 16 h w]
	const iouSizes = [IOU_HIDDEN, IOU_HIDDEN, MASK_TOKENS];
	const iou = unary(graph, 'Sigmoid', mlp(graph, `${key}.iou_prediction_head`, range(1, 2), iouSizes));
	const score = mlp(graph, `${key}.pred_obj_score_head`, range(0, 1), [channels, channels, 1]);
	return {
		masks: reshape(graph, masks, [1, MASK_TOKENS, 4 * edge, 4 * edge]),
		predictedIou: reshape(graph, iou, [1, MASK_TOKENS]),
		maskTokens,
		objectScore: reshape(graph, score, [1, 1]),
	};
}

/** Linear layers with ReLU between them. */
export function mlp(graph: Graph, key: string, value: Value, sizes: readonly number[]): Value {
	return sizes.reduce((input, size, index) => {
		const output = linear(graph, `${key}.layers.${index}`, input, size);
		return index < sizes.length - 1 ? unary(graph, 'Relu', output) : output;
	}, value);
}

/** [1, C, h, w] -> [1, C/4, 2h, 2w] + s1 -> norm, gelu -> [1, C/8, 4h, 4w] + s0 -> gelu */
function upscale(graph: Graph, key: string, config: Sam2Config, coarse: Value, fine: { s0: Value; s1: Value }): Value {
	const { channels } = config;
	const twice = convTranspose(graph, `${key}.0`, coarse, { outputs: channels / 4, kernel: 2 });
	const active = unary(graph, 'Gelu', layerNorm2d(graph, `${key}.1`, add(graph, twice, fine.s1)));
	const fourTimes = convTranspose(graph, `${key}.3`, active, { outputs: channels / 8, kernel: 2 });
	return unary(graph, 'Gelu', add(graph, fourTimes, fine.s0));
}

type TwoWay = { tokens: Value; picture: Value };

function twoWayTransformer(
	graph: Graph,
	key: string,
	config: Sam2Config,
	inputs: TwoWay & { position: Value },
): TwoWay {
	const { channels } = config;
	const { position } = inputs;
	const tokenPosition = inputs.tokens;
	let { tokens, picture } = inputs;
	const norm = (name: string, value: Value) => layerNorm(graph, `${key}.${name}`, value, LAYER_NORM_EPSILON);
	const attend = (name: string, inner: number, query: Value, keys: Value, values: Value) =>
		projectedAttention(graph, `${key}.${name}`, { inner, outer: channels }, { query, keys, values });
	for (let index = 0; index < DEPTH; index++) {
		const layer = `layers.${index}`;
		if (index === 0) {
			tokens = attend(`${layer}.self_attn`, channels, tokens, tokens, tokens);
		} else {
			const query = add(graph, tokens, tokenPosition);
			tokens = add(graph, tokens, attend(`${layer}.self_attn`, channels, query, query, tokens));
		}
		tokens = norm(`${layer}.norm1`, tokens);
		const toPicture = attend(
			`${layer}.cross_attn_token_to_image`,
			channels / 2,
			add(graph, tokens, tokenPosition),
			add(graph, picture, position),
			picture,
		);
		tokens = norm(`${layer}.norm2`, add(graph, tokens, toPicture));
		const fed = mlp(graph, `${key}.${layer}.mlp`, tokens, [FEED_FORWARD, channels]);
		tokens = norm(`${layer}.norm3`, add(graph, tokens, fed));
		const toTokens = attend(
			`${layer}.cross_attn_image_to_token`,
			channels / 2,
			add(graph, picture, position),
			add(graph, tokens, tokenPosition),
			tokens,
		);
		picture = norm(`${layer}.norm4`, add(graph, picture, toTokens));
	}
	const last = attend(
		'final_attn_token_to_image',
		channels / 2,
		add(graph, tokens, tokenPosition),
		add(graph, picture, position),
		picture,
	);
	return { tokens: norm('norm_final_attn', add(graph, tokens, last)), picture };
}

/** Attention between projections to `inner` channels and one back to `outer`. */
function projectedAttention(
	graph: Graph,
	key: string,
	sizes: { inner: number; outer: number },
	inputs: { query: Value; keys: Value; values: Value },
): Value {
	const attended = attention(graph, {
		query: linear(graph, `${key}.q_proj`, inputs.query, sizes.inner),
		key: linear(graph, `${key}.k_proj`, inputs.keys, sizes.inner),
		value: linear(graph, `${key}.v_proj`, inputs.values, sizes.inner),
		heads: HEADS,
	});
	return linear(graph, `${key}.out_proj`, attended, sizes.outer);
}
