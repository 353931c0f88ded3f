import { assert } from '../../preload/common/assert.ts';
import type { Dim, Graph, Value } from './graph.ts';
import { elementTypeCodes, type OnnxAttribute, type OnnxElementType } from './protobuf.ts';
import { broadcast, fixed, sizeKey } from './shape.ts';

/*
 * Typed operators: each adds nodes to the graph and returns a value with its shape. What does not fit is our bug and
 * is refused here, long before a runtime would see it.
 */

export function add(graph: Graph, left: Value, right: Value): Value {
	return binary(graph, 'Add', left, right);
}

export function subtract(graph: Graph, left: Value, right: Value): Value {
	return binary(graph, 'Sub', left, right);
}

export function multiply(graph: Graph, left: Value, right: Value): Value {
	return binary(graph, 'Mul', left, right);
}

export function divide(graph: Graph, left: Value, right: Value): Value {
	return binary(graph, 'Div', left, right);
}

/** 1 where left > right, else 0. */
export function greater(graph: Graph, left: Value, right: Value): Value {
	const shape = broadcast(left.shape, right.shape);
	const [isGreater] = graph.node('Greater', [left, right], [{ elementType: 'bool', shape }]);
	return cast(graph, isGreater!, graph.floatType);
}

/** Elementwise choice: `whenTrue` where `condition` (0 or 1) is not 0. */
export function where(graph: Graph, condition: Value, whenTrue: Value, whenFalse: Value): Value {
	const isTrue = cast(graph, condition, 'bool');
	const shape = broadcast(condition.shape, broadcast(whenTrue.shape, whenFalse.shape));
	return graph.node('Where', [isTrue, whenTrue, whenFalse], [{ shape }])[0]!;
}

export function cast(graph: Graph, value: Value, elementType: OnnxElementType): Value {
	const result = { elementType, shape: value.shape };
	return graph.node('Cast', [value], [result], { to: elementTypeCodes[elementType] })[0]!;
}

export type UnaryOp = 'Relu' | 'Sigmoid' | 'Gelu' | 'Sin' | 'Cos';

export function unary(graph: Graph, op: UnaryOp, value: Value): Value {
	return graph.node(op, [value], [{ shape: value.shape }])[0]!;
}

/** [.., n, k] x [.., k, m] -> [.., n, m] */
export function matmul(graph: Graph, left: Value, right: Value): Value {
	const inner = right.shape.at(-2);
	assert(left.shape.at(-1) === inner, `matmul of [${left.shape.join()}] and [${right.shape.join()}]`);
	const batch = broadcast(left.shape.slice(0, -2), right.shape.slice(0, -2));
	return graph.node('MatMul', [left, right], [{ shape: [...batch, left.shape.at(-2)!, right.shape.at(-1)!] }])[0]!;
}

export function softmax(graph: Graph, value: Value): Value {
	return graph.node('Softmax', [value], [{ shape: value.shape }], { axis: -1 })[0]!;
}

/** The linear layer `key`: value [.., input] x weight [output, input] + bias [output]. */
export function linear(graph: Graph, key: string, value: Value, outputSize: number): Value {
	if (graph.precision === 'int8') {
		return linearParts(graph, key, value, { outputSize, parts: 1 })[0]!;
	}
	const weight = graph.weight(`${key}.weight`, [outputSize, fixed(value.shape.at(-1))], 'transposed');
	return add(graph, matmul(graph, value, weight), graph.weight(`${key}.bias`, [outputSize]));
}

/**
 * The linear layer `key`, whose output is `parts` equal ones side by side, as that many layers: the runtime cuts the
 * weights once when it loads them, instead of the numbers each time.
 */
export function linearParts(
	graph: Graph,
	key: string,
	value: Value,
	sizes: { outputSize: number; parts: number },
): Value[] {
	const { outputSize, parts } = sizes;
	const inputSize = fixed(value.shape.at(-1));
	const rows = parts * outputSize;
	const bias = graph.weight(`${key}.bias`, [rows]);
	const biases = parts === 1 ? [bias] : split(graph, bias, parts, 0);
	if (graph.precision === 'int8') {
		return biases.map((partBias, part) => {
			const range = { start: part * outputSize, end: (part + 1) * outputSize };
			const { data, scale } = graph.quantizedWeight(`${key}.weight`, [rows, inputSize], range);
			if (graph.dialect === 'plain' || graph.floats === 'fp16') {
				const weight = graph.node('DequantizeLinear', [data, scale], [{ shape: data.shape }], { axis: 1 })[0]!;
				return add(graph, matmul(graph, value, weight), partBias);
			}
			const shape = [...value.shape.slice(0, -1), outputSize];
			const inputs = [value, data, scale, null, partBias];
			return graph.node('DynamicQuantizeMatMul', inputs, [{ shape }], {}, 'com.microsoft')[0]!;
		});
	}
	const weight = graph.weight(`${key}.weight`, [rows, inputSize], 'transposed');
	return split(graph, weight, parts, 1).map((part, index) => add(graph, matmul(graph, value, part), biases[index]!));
}

/** Normalizes over the last dimension. */
export function layerNorm(graph: Graph, key: string, value: Value, epsilon: number): Value {
	const size = fixed(value.shape.at(-1));
	const inputs = [value, graph.weight(`${key}.weight`, [size]), graph.weight(`${key}.bias`, [size])];
	return graph.node('LayerNormalization', inputs, [{ shape: value.shape }], {
		axis: -1,
		epsilon: { float: epsilon },
	})[0]!;
}

/** Normalizes a picture [B, C, H, W] over C. */
export function layerNorm2d(graph: Graph, key: string, value: Value): Value {
	const channelsLast = transpose(graph, value, [0, 2, 3, 1]); // [B, H, W, C]
	return transpose(graph, layerNorm(graph, key, channelsLast, 1e-6), [0, 3, 1, 2]);
}

export type ConvOptions = { outputs: number; kernel: number; stride?: number; padding?: number; groups?: number };

/** The convolution `key` of [B, C, H, W]. */
export function conv(graph: Graph, key: string, value: Value, options: ConvOptions): Value {
	const { outputs, kernel, stride = 1, padding = 0, groups = 1 } = options;
	const [batch, channels, height, width] = value.shape;
	const outSize = (size: Dim | undefined) => Math.floor((fixed(size) + 2 * padding - kernel) / stride) + 1;
	const weight = graph.weight(`${key}.weight`, [outputs, fixed(channels) / groups, kernel, kernel]);
	return graph.node(
		'Conv',
		[value, weight, graph.weight(`${key}.bias`, [outputs])],
		[{ shape: [batch!, outputs, outSize(height), outSize(width)] }],
		{
			group: groups,
			kernel_shape: [kernel, kernel],
			pads: [padding, padding, padding, padding],
			strides: [stride, stride],
		},
	)[0]!;
}

/** The transposed convolution `key` whose kernel is its stride: [B, C, H, W] -> [B, outputs, kernel H, kernel W]. */
export function convTranspose(graph: Graph, key: string, value: Value, options: ConvOptions): Value {
	const { outputs, kernel } = options;
	const [batch, channels, height, width] = value.shape;
	const weight = graph.weight(`${key}.weight`, [fixed(channels), outputs, kernel, kernel]);
	return graph.node(
		'ConvTranspose',
		[value, weight, graph.weight(`${key}.bias`, [outputs])],
		[{ shape: [batch!, outputs, fixed(height) * kernel, fixed(width) * kernel] }],
		{ kernel_shape: [kernel, kernel], strides: [kernel, kernel] },
	)[0]!;
}

/** 2x2 maximum of [B, C, H, W], halving H and W. */
export function maxPool2(graph: Graph, value: Value): Value {
	const [batch, channels, height, width] = value.shape;
	const shape = [batch!, channels!, Math.floor(fixed(height) / 2), Math.floor(fixed(width) / 2)];
	return graph.node('MaxPool', [value], [{ shape }], { kernel_shape: [2, 2], strides: [2, 2] })[0]!;
}

/** Means of 2x2 of [B, C, H, W], halving H and W. */
export function averagePool2(graph: Graph, value: Value): Value {
	const [batch, channels, height, width] = value.shape;
	const shape = [batch!, channels!, Math.floor(fixed(height) / 2), Math.floor(fixed(width) / 2)];
	return graph.node('AveragePool', [value], [{ shape }], { kernel_shape: [2, 2], strides: [2, 2] })[0]!;
}

export type ResizeMode = 'nearest' | 'linear' | 'cubic';

/** Resizes [B, C, H, W] to `height` x `width`, pixel centres aligned at the half. */
export function resize(graph: Graph, value: Value, size: { height: number; width: number; mode: ResizeMode }): Value {
	const { height, width, mode } = size;
	const shape = [...value.shape.slice(0, 2), height, width];
	const sizes = graph.integers(shape.map(fixed));
	const attributes: Record<string, OnnxAttribute> =
		mode === 'nearest'
			? { coordinate_transformation_mode: 'asymmetric', mode, nearest_mode: 'floor' }
			: { coordinate_transformation_mode: 'half_pixel', cubic_coeff_a: { float: -0.75 }, mode };
	return graph.node('Resize', [value, null, null, sizes], [{ shape }], attributes)[0]!;
}

/** Reshapes; at most one dimension of the result is named, and then the value's size carries the same name. */
export function reshape(graph: Graph, value: Value, shape: readonly Dim[]): Value {
	assert(sizeKey(shape) === sizeKey(value.shape), `reshape of [${value.shape.join()}] to [${shape.join()}]`);
	const target = graph.integers(shape.map((dim) => (typeof dim === 'number' ? dim : -1)));
	return graph.node('Reshape', [value, target], [{ shape, elementType: value.elementType }])[0]!;
}

export function transpose(graph: Graph, value: Value, order: readonly number[]): Value {
	const shape = order.map((axis) => value.shape[axis]!);
	assert(new Set(order).size === value.shape.length, `order ${order.join()} of [${value.shape.join()}]`);
	return graph.node('Transpose', [value], [{ shape, elementType: value.elementType }], { perm: order })[0]!;
}

export function concat(graph: Graph, values: readonly Value[], axis: number, jointDim?: string): Value {
	const first = values[0]!;
	const at = axis < 0 ? axis + first.shape.length : axis;
	for (const value of values) {
		const fits = value.shape.every((dim, index) => index === at || dim === first.shape[index]);
		assert(fits && value.shape.length === first.shape.length, `concat of [${value.shape.join()}]`);
	}
	const joint = jointDim ?? values.reduce((sum, value) => sum + fixed(value.shape[at]), 0);
	const shape = first.shape.map((dim, index) => (index === at ? joint : dim));
	return graph.node('Concat', values, [{ shape, elementType: first.elementType }], { axis: at })[0]!;
}

/** Equal parts along an axis. */
export function split(graph: Graph, value: Value, parts: number, axis: number): Value[] {
	const at = axis < 0 ? axis + value.shape.length : axis;
	const size = fixed(value.shape[at]) / parts;
	assert(Number.isInteger(size), `split of [${value.shape.join()}] in ${parts}`);
	const shape = value.shape.map((dim, index) => (index === at ? size : dim));
	return graph.node('Split', [value], Array(parts).fill({ shape }), { axis: at, num_outputs: parts });
}

/** Elements `start`, `start + step`, .. below `end` of an axis; a named one must be long enough when the graph runs. */
export function slice(
	graph: Graph,
	value: Value,
	range: { axis: number; start: number; end: number; step?: number },
): Value {
	const { start, end, step = 1 } = range;
	const axis = range.axis < 0 ? range.axis + value.shape.length : range.axis;
	const size = value.shape[axis]!;
	assert(typeof size === 'string' || end <= size, `slice to ${end} of [${value.shape.join()}]`);
	const shape = value.shape.map((dim, index) => (index === axis ? Math.ceil((end - start) / step) : dim));
	const inputs = [value, ...[start, end, axis, step].map((number) => graph.integers([number]))];
	return graph.node('Slice', inputs, [{ shape }])[0]!;
}

/** Zeros, or `filler`, after the end of each dimension, `after` numbers a dimension. */
export function padEnd(graph: Graph, value: Value, after: readonly number[], filler = 0): Value {
	const pads = graph.integers([...after.map(() => 0), ...after]);
	const shape = value.shape.map((dim, index) => (after[index] === 0 ? dim : fixed(dim) + after[index]!));
	return graph.node('Pad', [value, pads, ...(filler === 0 ? [] : [graph.scalar(filler)])], [{ shape }], {
		mode: 'constant',
	})[0]!;
}

/** Repeats along each dimension. */
export function tile(graph: Graph, value: Value, repeats: readonly number[]): Value {
	const shape = value.shape.map((dim, index) => fixed(dim) * repeats[index]!);
	return graph.node('Tile', [value, graph.integers(repeats)], [{ shape }])[0]!;
}

/** Rows of `table` [n, ..] at `indices`, whole numbers held as floats. */
export function gatherRows(graph: Graph, table: Value, indices: Value): Value {
	const shape = [...indices.shape, ...table.shape.slice(1)];
	return graph.node('Gather', [table, cast(graph, indices, 'int64')], [{ shape }], { axis: 0 })[0]!;
}

function binary(graph: Graph, opType: string, left: Value, right: Value): Value {
	return graph.node(opType, [left, right], [{ shape: broadcast(left.shape, right.shape) }])[0]!;
}
