import type { Graph, Value } from '../onnx/graph.ts';
import { add, conv, layerNorm2d, linear, multiply, reshape, subtract, transpose, unary, where } from '../onnx/ops.ts';
import { greater, resize } from '../onnx/ops.ts';
import type { Sam2Config } from './config.ts';
import { toTokens } from './prompt-encoder.ts';

/** Each of the four steps halves the mask and makes four channels of one. */
const MASK_CHANNELS = [4, 16, 64, 256];
const FUSER_LAYERS = 2;

/**
 * A memory of a frame: its features without memory, and its mask.
 *
 *   features [1, C, h, w], low-resolution logits [1, 1, 4h, 4w], isHard [1] (1: a person's mask, cut at 0) -> [1, h w, M]
 */
export function memoryEncoder(
	graph: Graph,
	key: string,
	config: Sam2Config,
	inputs: { features: Value; logits: Value; isHard: Value },
): Value {
	const { channels, memoryChannels, imageSize } = config;
	const full = resize(graph, inputs.logits, { height: imageSize, width: imageSize, mode: 'linear' });
	const hard = greater(graph, full, graph.scalar(0));
	const chosen = where(graph, inputs.isHard, hard, unary(graph, 'Sigmoid', full)); // [1, 1, S, S], 0 to 1
	let mask = subtract(graph, multiply(graph, chosen, graph.scalar(20)), graph.scalar(10));
	MASK_CHANNELS.forEach((outputs, index) => {
		const step = `${key}.mask_downsampler.encoder`;
		const halved = conv(graph, `${step}.${3 * index}`, mask, { outputs, kernel: 3, stride: 2, padding: 1 });
		mask = unary(graph, 'Gelu', layerNorm2d(graph, `${step}.${3 * index + 1}`, halved));
	}); // [1, 256, h, w]
	const last = `${key}.mask_downsampler.encoder.${3 * MASK_CHANNELS.length}`;
	const maskFeatures = conv(graph, last, mask, { outputs: channels, kernel: 1 });
	const frame = conv(graph, `${key}.pix_feat_proj`, inputs.features, { outputs: channels, kernel: 1 });
	let fused = add(graph, frame, maskFeatures); // [1, C, h, w]
	for (let index = 0; index < FUSER_LAYERS; index++) {
		fused = convNextBlock(graph, `${key}.fuser.layers.${index}`, channels, fused);
	}
	return toTokens(graph, conv(graph, `${key}.out_proj`, fused, { outputs: memoryChannels, kernel: 1 }));
}

/** x + gamma * (7x7 convolution a channel -> norm -> 4C -> gelu -> C) */
function convNextBlock(graph: Graph, key: string, channels: number, input: Value): Value {
	const spread = conv(graph, `${key}.dwconv`, input, { outputs: channels, kernel: 7, padding: 3, groups: channels });
	const tokens = transpose(graph, layerNorm2d(graph, `${key}.norm`, spread), [0, 2, 3, 1]); // [1, h, w, C]
	const hidden = unary(graph, 'Gelu', linear(graph, `${key}.pwconv1`, tokens, 4 * channels));
	const narrowed = linear(graph, `${key}.pwconv2`, hidden, channels);
	const scaled = multiply(graph, narrowed, graph.weight(`${key}.gamma`, [channels]));
	return add(graph, input, transpose(graph, scaled, [0, 3, 1, 2]));
}

/** Adds the learned "absent" to a memory [1, h w, M] where `isPresent` [1] is 0 (2.1). */
export function markAbsent(graph: Graph, key: string, config: Sam2Config, memory: Value, isPresent: Value): Value {
	const absent = graph.weight(key, [1, config.memoryChannels]);
	const shift = multiply(graph, subtract(graph, graph.scalar(1), isPresent), absent); // [1, M]
	return add(graph, memory, reshape(graph, shift, [1, 1, config.memoryChannels]));
}
