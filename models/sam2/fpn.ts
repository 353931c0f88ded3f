import type { Graph, Value } from '../onnx/graph.ts';
import { add, conv, resize } from '../onnx/ops.ts';
import { fixed } from '../onnx/shape.ts';
import type { Sam2Config } from './config.ts';

/**
 * The neck: a 1x1 convolution a level, and the deepest level added to the one above it. The deepest level itself
 * and the sums for the two finest levels are not wanted.
 *
 *   levels [1, C 2^i, S/4/2^i, ..], i = 0..3 -> [1, 256, S/4, ..], [1, 256, S/8, ..], [1, 256, S/16, ..]
 */
export function fpn(graph: Graph, key: string, config: Sam2Config, levels: readonly Value[]): [Value, Value, Value] {
	const lateral = (level: number) => {
		// The checkpoint counts from the deepest level.
		const name = `${key}.convs.${levels.length - 1 - level}.conv`;
		return conv(graph, name, levels[level]!, { outputs: config.channels, kernel: 1 });
	};
	const third = lateral(2);
	const [, , height, width] = third.shape;
	const deepest = resize(graph, lateral(3), { height: fixed(height), width: fixed(width), mode: 'nearest' });
	return [lateral(0), lateral(1), add(graph, third, deepest)];
}
