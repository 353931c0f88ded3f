import type { Graph, Value } from '../onnx/graph.ts';
import { add, concat, conv, gatherRows, layerNorm2d, matmul, multiply, reshape, subtract } from '../onnx/ops.ts';
import { transpose, unary, where } from '../onnx/ops.ts';
import type { Sam2Config } from './config.ts';
import { gridSize } from './config.ts';
import { gridCentres } from './position.ts';

const MASK_CHANNELS = 16;

/**
 * Points as tokens. Labels: 1 inside, 0 outside, 2 and 3 the corners of a box, -1 padding; a padding point is always
 * appended.
 *
 *   points [1, P, 2] in pixels of the square, labels [1, P] -> [1, P + 1, C]
 */
export function encodePoints(
	graph: Graph,
	key: string,
	config: Sam2Config,
	prompt: { points: Value; labels: Value },
): Value {
	const { channels, imageSize } = config;
	const padPoint = graph.constant('padding-point', [1, 1, 2], () => new Float32Array(2));
	const padLabel = graph.constant('padding-label', [1, 1], () => Float32Array.of(-1));
	const points = concat(graph, [prompt.points, padPoint], 1, 'tokens'); // [1, P + 1, 2]
	const labels = concat(graph, [prompt.labels, padLabel], 1, 'tokens'); // [1, P + 1]
	const scaled = multiply(graph, add(graph, points, graph.scalar(0.5)), graph.scalar(1 / imageSize));
	const centred = subtract(graph, multiply(graph, scaled, graph.scalar(2)), graph.scalar(1));
	const position = randomPosition(graph, key, channels, centred); // [1, P + 1, C]
	const isPoint = reshape(graph, add(graph, labels, graph.scalar(1)), [1, 'tokens', 1]); // 0 for padding
	const nothing = graph.scalar(0);
	// Row 0 stands for padding, row 1 + label for the others.
	const kinds = [
		`${key}.not_a_point_embed.weight`,
		...[0, 1, 2, 3].map((kind) => `${key}.point_embeddings.${kind}.weight`),
	];
	const table = concat(
		graph,
		kinds.map((kind) => graph.weight(kind, [1, channels])),
		0,
	); // [5, C]
	const kind = gatherRows(graph, table, add(graph, labels, graph.scalar(1))); // [1, P + 1, C]
	return add(graph, where(graph, isPoint, position, nothing), kind);
}

/** The position of each token of the grid, in the points' own encoding: [1, h w, C]. */
export function densePosition(graph: Graph, key: string, config: Sam2Config): Value {
	const edge = gridSize(config);
	const centres = graph.constant('grid-centres', [1, edge * edge, 2], () => gridCentres(edge));
	return randomPosition(graph, key, config.channels, centres);
}

/**
 * The dense prompt, [1, C, h, w]: the earlier mask's logits, or the learned "no mask" where `hasMask` is 0.
 *
 *   mask [1, 1, 4h, 4w] -> conv 2x2 -> norm, gelu -> conv 2x2 -> norm, gelu -> conv 1x1
 */
export function encodeMask(
	graph: Graph,
	key: string,
	config: Sam2Config,
	prompt: { mask: Value; hasMask: Value },
): Value {
	const half = conv(graph, `${key}.mask_downscaling.0`, prompt.mask, {
		outputs: MASK_CHANNELS / 4,
		kernel: 2,
		stride: 2,
	}); // [1, 4, 2h, 2w]
	const halfActive = unary(graph, 'Gelu', layerNorm2d(graph, `${key}.mask_downscaling.1`, half));
	const quarter = conv(graph, `${key}.mask_downscaling.3`, halfActive, {
		outputs: MASK_CHANNELS,
		kernel: 2,
		stride: 2,
	}); // [1, 16, h, w]
	const quarterActive = unary(graph, 'Gelu', layerNorm2d(graph, `${key}.mask_downscaling.4`, quarter));
	const embedded = conv(graph, `${key}.mask_downscaling.6`, quarterActive, { outputs: config.channels, kernel: 1 });
	const noMask = graph.weight(`${key}.no_mask_embed.weight`, [1, config.channels]);
	return where(graph, prompt.hasMask, embedded, reshape(graph, noMask, [1, config.channels, 1, 1]));
}

/** Random Fourier features: [.., 2] -> 2 pi (x G) -> sines, then cosines: [.., C] */
function randomPosition(graph: Graph, key: string, channels: number, coordinates: Value): Value {
	const matrix = graph.weight(`${key}.pe_layer.positional_encoding_gaussian_matrix`, [2, channels / 2]);
	const phase = multiply(graph, matmul(graph, coordinates, matrix), graph.scalar(2 * Math.PI));
	return concat(graph, [unary(graph, 'Sin', phase), unary(graph, 'Cos', phase)], -1);
}

/** [1, C, h, w] -> [1, h w, C] */
export function toTokens(graph: Graph, picture: Value): Value {
	const [batch, channels, height, width] = picture.shape as number[] as [number, number, number, number];
	return reshape(graph, transpose(graph, picture, [0, 2, 3, 1]), [batch, height * width, channels]);
}
