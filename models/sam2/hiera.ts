import { attention } from '../onnx/attention.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { add, conv, layerNorm, linear, linearParts, maxPool2, padEnd, reshape, resize, slice } from '../onnx/ops.ts';
import { tile, transpose, unary } from '../onnx/ops.ts';
import { fixed } from '../onnx/shape.ts';
import type { Sam2Config } from './config.ts';

/** What a block does, derived from the configuration. */
export type HieraBlock = {
	inputs: number;
	outputs: number;
	heads: number;
	/** Window edge on the block's input; 0 attends over the whole picture. */
	window: number;
	/** First block of a stage: queries are pooled 2x2. */
	isPooling: boolean;
	/** Last block of a stage: its output is a level of the pyramid. */
	isStageEnd: boolean;
};

/** The blocks in order. The first block of a stage still has the window of the stage before. */
export function hieraBlocks(config: Sam2Config): HieraBlock[] {
	const blocks: HieraBlock[] = [];
	config.stages.forEach((depth, stage) => {
		for (let at = 0; at < depth; at++) {
			const isPooling = at === 0 && stage > 0;
			const window = config.windows[isPooling ? stage - 1 : stage]!;
			blocks.push({
				inputs: config.embedChannels * 2 ** (isPooling ? stage - 1 : stage),
				outputs: config.embedChannels * 2 ** stage,
				heads: config.heads * 2 ** stage,
				window: config.globalBlocks.includes(blocks.length) ? 0 : window,
				isPooling,
				isStageEnd: at === depth - 1,
			});
		}
	});
	return blocks;
}

/**
 * The trunk (arXiv 2306.00989 with the windowed position embedding of 2311.05613): [1, 3, S, S] to four levels
 * [1, C 2^i, S/4/2^i, S/4/2^i].
 */
export function hiera(graph: Graph, key: string, config: Sam2Config, image: Value): Value[] {
	const patches = conv(graph, `${key}.patch_embed.proj`, image, {
		outputs: config.embedChannels,
		kernel: 7,
		stride: 4,
		padding: 3,
	}); // [1, C, S/4, S/4]
	let tokens = transpose(graph, add(graph, patches, positionEmbedding(graph, key, config)), [0, 2, 3, 1]);
	const levels: Value[] = [];
	hieraBlocks(config).forEach((block, index) => {
		tokens = hieraBlock(graph, `${key}.blocks.${index}`, block, tokens); // [1, H, W, C']
		if (block.isStageEnd) {
			levels.push(transpose(graph, tokens, [0, 3, 1, 2]));
		}
	});
	return levels;
}

/** A learned background stretched over the picture plus a learned window repeated over it: [1, C, S/4, S/4]. */
function positionEmbedding(graph: Graph, key: string, config: Sam2Config): Value {
	const { embedChannels, backgroundSize, imageSize } = config;
	const edge = imageSize / 4;
	const window = config.windows[0];
	const background = graph.weight(`${key}.pos_embed`, [1, embedChannels, backgroundSize, backgroundSize]);
	const stretched = resize(graph, background, { height: edge, width: edge, mode: 'cubic' });
	const windowed = graph.weight(`${key}.pos_embed_window`, [1, embedChannels, window, window]);
	return add(graph, stretched, tile(graph, windowed, [1, 1, edge / window, edge / window]));
}

/*
 * x -> norm1 -> windows -> attention, queries pooled at a stage change -> picture -> + shortcut -> + mlp(norm2)
 * The shortcut is x itself, or where channels change pool(proj(norm1(x))).
 */
function hieraBlock(graph: Graph, key: string, block: HieraBlock, input: Value): Value {
	const normed = layerNorm(graph, `${key}.norm1`, input, 1e-6); // [1, H, W, inputs]
	let shortcut = input;
	if (block.inputs !== block.outputs) {
		shortcut = pool(graph, linear(graph, `${key}.proj`, normed, block.outputs)); // [1, H/2, W/2, outputs]
	}
	const [, height, width] = normed.shape;
	const window = block.window === 0 ? fixed(height) : block.window;
	const windows = toWindows(graph, normed, window); // [n, window, window, inputs]
	const attended = windowAttention(graph, `${key}.attn`, block, windows);
	const divisor = block.isPooling ? 2 : 1;
	const picture = fromWindows(graph, attended, fixed(height) / divisor, fixed(width) / divisor);
	const sum = add(graph, shortcut, picture);
	const hidden = linear(graph, `${key}.mlp.layers.0`, layerNorm(graph, `${key}.norm2`, sum, 1e-6), block.outputs * 4);
	return add(graph, sum, linear(graph, `${key}.mlp.layers.1`, unary(graph, 'Gelu', hidden), block.outputs));
}

/** Attention inside each window: [n, w, w, inputs] to [n, w', w', outputs], w' = w / 2 where queries are pooled. */
function windowAttention(graph: Graph, key: string, block: HieraBlock, windows: Value): Value {
	const [count, edge] = windows.shape as [number, number];
	const { outputs, heads } = block;
	const joint = linearParts(graph, `${key}.qkv`, windows, { outputSize: outputs, parts: 3 });
	const [query, keys, values] = joint as [Value, Value, Value]; // [n, w, w, outputs] each
	const pooled = block.isPooling ? pool(graph, query) : query; // [n, w', w', outputs]
	const pooledEdge = fixed(pooled.shape[1]);
	const attended = attention(graph, {
		query: reshape(graph, pooled, [count, pooledEdge * pooledEdge, outputs]),
		key: reshape(graph, keys, [count, edge * edge, outputs]),
		value: reshape(graph, values, [count, edge * edge, outputs]),
		heads,
	});
	const projected = linear(graph, `${key}.proj`, attended, outputs);
	return reshape(graph, projected, [count, pooledEdge, pooledEdge, outputs]);
}

/** [n, H, W, C] -> [n, H/2, W/2, C] */
function pool(graph: Graph, value: Value): Value {
	return transpose(graph, maxPool2(graph, transpose(graph, value, [0, 3, 1, 2])), [0, 2, 3, 1]);
}

/** [1, H, W, C], zeros added up to whole windows, -> [windows, window, window, C] */
function toWindows(graph: Graph, value: Value, window: number): Value {
	const [, height, width, channels] = value.shape as number[] as [number, number, number, number];
	const rows = Math.ceil(height / window);
	const columns = Math.ceil(width / window);
	const after = [0, rows * window - height, columns * window - width, 0];
	const padded = after.some((zeros) => zeros > 0) ? padEnd(graph, value, after) : value;
	const cut = reshape(graph, padded, [rows, window, columns, window, channels]);
	return reshape(graph, transpose(graph, cut, [0, 2, 1, 3, 4]), [rows * columns, window, window, channels]);
}

/** [windows, window, window, C] -> [1, H, W, C], what lies beyond H and W dropped. */
function fromWindows(graph: Graph, windows: Value, height: number, width: number): Value {
	const [, window, , channels] = windows.shape as number[] as [number, number, number, number];
	const rows = Math.ceil(height / window);
	const columns = Math.ceil(width / window);
	const grid = reshape(graph, windows, [rows, columns, window, window, channels]);
	let picture = reshape(graph, transpose(graph, grid, [0, 2, 1, 3, 4]), [1, rows * window, columns * window, channels]);
	if (rows * window > height) {
		picture = slice(graph, picture, { axis: 1, start: 0, end: height });
	}
	return columns * window > width ? slice(graph, picture, { axis: 2, start: 0, end: width }) : picture;
}
