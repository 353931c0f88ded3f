import { assert } from '../../preload/common/assert.ts';
import type { FloatSize } from '../../preload/common/device.ts';
import type { OnnxAttribute, OnnxDim, OnnxElementType, OnnxNode, OnnxTensorInfo } from './protobuf.ts';
import { elementTypeCodes } from './protobuf.ts';

export type Dim = OnnxDim;
/** A tensor inside a graph. A dimension is a size, or the name of one that is known only when the graph runs. */
export type Value = { readonly name: string; readonly elementType: OnnxElementType; readonly shape: readonly Dim[] };

/** How a checkpoint's tensor is laid out in the graph: `transposed` swaps the two dimensions of a linear layer. */
export type WeightLayout = 'plain' | 'transposed';
export type GraphWeight = { key: string; shape: readonly number[]; layout: WeightLayout; value: Value };
/** Rows of a linear layer's weight [output, input] as int8 [input, outputs], with a scale [outputs] each. */
export type QuantizedWeight = {
	key: string;
	shape: readonly [number, number];
	/** Rows `start` to `end - 1` of the checkpoint's tensor. */
	start: number;
	end: number;
	data: Value;
	scale: Value;
};
/** `int8`: linear layers of many tokens have weights in whole numbers. */
export type GraphPrecision = 'fp32' | 'int8';
/** `plain`: standard operators alone. `contrib`: also the runtime's fused ones. The tensors are the same. */
export type Dialect = 'contrib' | 'plain';
export type GraphOptions = { dialect: Dialect; precision?: GraphPrecision; floats?: FloatSize };
export type GraphConstant = { value: Value; shape: readonly number[]; data: () => Float32Array | BigInt64Array };

export type NodeResult = { elementType?: OnnxElementType; shape: readonly Dim[] };

/**
 * A graph under construction. Ops (ops.ts) add nodes and compute shapes; a weight is named by its checkpoint key and
 * declares the shape that the checkpoint must have.
 */
export class Graph {
	readonly name: string;
	readonly inputs: OnnxTensorInfo[] = [];
	readonly outputs: OnnxTensorInfo[] = [];
	readonly nodes: OnnxNode[] = [];
	readonly weights = new Map<string, GraphWeight>();
	readonly quantized: QuantizedWeight[] = [];
	readonly constants: GraphConstant[] = [];
	readonly dialect: Dialect;
	readonly precision: GraphPrecision;
	/** What numbers are between the inputs, tensors and outputs, which are float32 always. */
	readonly floats: FloatSize;
	private readonly sharedIntegers = new Map<string, Value>();
	private readonly narrowed = new Map<string, Value>();

	constructor(name: string, options: GraphOptions) {
		const { dialect, precision = 'fp32', floats = 'fp32' } = options;
		this.name = name;
		this.dialect = dialect;
		this.precision = precision;
		this.floats = floats;
	}

	input(name: string, shape: readonly Dim[]): Value {
		const value: Value = { name, elementType: 'float32', shape };
		this.inputs.push(value);
		return this.narrow(value);
	}

	output(name: string, value: Value): void {
		const isNarrow = this.floats === 'fp16';
		this.nodes.push({
			name: `out/${name}`,
			opType: isNarrow ? 'Cast' : 'Identity',
			domain: '',
			inputs: [value.name],
			outputs: [name],
			attributes: isNarrow ? { to: elementTypeCodes.float32 } : {},
		});
		this.outputs.push({ ...value, elementType: 'float32', name });
	}

	/** The checkpoint's tensor `key`, which must have `shape`. Using it twice gives the same value. */
	weight(key: string, shape: readonly number[], layout: WeightLayout = 'plain'): Value {
		const known = this.weights.get(key);
		if (known !== undefined) {
			assert(known.layout === layout && `${known.shape}` === `${shape}`, `weight ${key} is used in two ways`);
			return this.narrow(known.value);
		}
		assert(layout === 'plain' || shape.length === 2, `weight ${key} cannot be transposed`);
		const inGraph = layout === 'plain' ? [...shape] : [...shape].reverse();
		const value: Value = { name: key, elementType: 'float32', shape: inGraph };
		this.weights.set(key, { key, shape, layout, value });
		return this.narrow(value);
	}

	/** A part of the linear layer's weight `key` [output, input] in whole numbers. */
	quantizedWeight(
		key: string,
		shape: readonly [number, number],
		rows: { start: number; end: number },
	): { data: Value; scale: Value } {
		const count = rows.end - rows.start;
		const name = `quantized/${rows.start}/${key}`;
		const data: Value = { name, elementType: 'int8', shape: [shape[1], count] };
		const scale: Value = { name: `${name}/scale`, elementType: 'float32', shape: [count] };
		this.quantized.push({ key, shape, ...rows, data, scale });
		return { data, scale: this.narrow(scale) };
	}

	/** A computed tensor of ours; `data` is called once, when the model is written. */
	constant(name: string, shape: readonly number[], data: () => Float32Array): Value {
		const value: Value = { name: `constant/${name}`, elementType: 'float32', shape };
		assert(!this.constants.some((other) => other.value.name === value.name), `constant ${name} is declared twice`);
		this.constants.push({ value, shape, data });
		return this.narrow(value);
	}

	/** A scalar of rank 0. */
	scalar(number: number): Value {
		const name = `constant/scalar/${number}`;
		const known = this.constants.find((other) => other.value.name === name);
		return known === undefined
			? this.constant(`scalar/${number}`, [], () => Float32Array.of(number))
			: this.narrow(known.value);
	}

	/** A list of int64, as shapes and axes are given. */
	integers(numbers: readonly number[]): Value {
		const key = numbers.join('_');
		const known = this.sharedIntegers.get(key);
		if (known !== undefined) {
			return known;
		}
		const shape = [numbers.length];
		const value: Value = { name: `constant/integers/${key}`, elementType: 'int64', shape };
		this.constants.push({ value, shape, data: () => BigInt64Array.from(numbers, BigInt) });
		this.sharedIntegers.set(key, value);
		return value;
	}

	/** What numbers are inside the graph. */
	get floatType(): 'float32' | 'float16' {
		return this.floats === 'fp16' ? 'float16' : 'float32';
	}

	/** A float32 tensor as it is used inside; the runtime does it once for one that is stored. */
	private narrow(value: Value): Value {
		if (this.floats === 'fp32') {
			return value;
		}
		const known = this.narrowed.get(value.name);
		if (known !== undefined) {
			return known;
		}
		const [narrowed] = this.node('Cast', [value], [{ shape: value.shape }], { to: elementTypeCodes.float16 });
		this.narrowed.set(value.name, narrowed!);
		return narrowed!;
	}

	/** Adds a node; `results` says the type and shape of each output. An input of `null` is one left out. */
	node(
		opType: string,
		inputs: readonly (Value | null)[],
		results: readonly NodeResult[],
		attributes: Readonly<Record<string, OnnxAttribute>> = {},
		domain = '',
	): Value[] {
		const name = `${opType}_${this.nodes.length}`;
		const values = results.map((result, index): Value => {
			return { name: `${name}/${index}`, elementType: result.elementType ?? this.floatType, shape: result.shape };
		});
		this.nodes.push({
			name,
			opType,
			domain,
			inputs: inputs.map((input) => input?.name ?? ''),
			outputs: values.map((value) => value.name),
			attributes,
		});
		return values;
	}
}
