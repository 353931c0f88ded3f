import { assert } from '../../preload/common/assert.ts';
import type { Graph } from './graph.ts';
import type { OnnxInitializer } from './protobuf.ts';
import { encodeModel } from './protobuf.ts';
import { quantizeRows } from './quantize.ts';

/** Opset 20 has Gelu; LayerNormalization came with 17. */
const OPSET = 20;
/** Tensors from this size on go to the data file. */
const EXTERNAL_FROM_BYTES = 1024;
/** The runtime maps data whose offset is a multiple of the page size. */
const ALIGNMENT_BYTES = 4096;

export type ExternalTensor = { offsetBytes: number; lengthBytes: number; load: () => Promise<Uint8Array> };
export type WrittenGraph = { modelBytes: Uint8Array; external: ExternalTensor[]; externalBytes: number };

export type WriteOptions = {
	/** What the data file is called. */
	location: string;
	/** Gives a checkpoint's tensor. */
	loadWeight: (key: string) => Promise<Float32Array>;
	/** Tensors that need not be loaded, by their names in the graph: as the file of another dialect holds them. */
	known?: ReadonlyMap<string, Uint8Array>;
};

/**
 * Lays a graph out as a model file and a data file beside it. Small tensors are in the model file and are loaded at
 * once, the others when the data file is written, one at a time. Graphs of one network lay out the same data file,
 * whatever their dialect.
 */
export async function writeGraph(graph: Graph, options: WriteOptions): Promise<WrittenGraph> {
	const initializers: OnnxInitializer[] = [];
	const external: ExternalTensor[] = [];
	let offsetBytes = 0;
	const place = async (info: Omit<OnnxInitializer, 'data'>, lengthBytes: number, load: () => Promise<Uint8Array>) => {
		if (lengthBytes < EXTERNAL_FROM_BYTES) {
			initializers.push({ ...info, data: { bytes: options.known?.get(info.name) ?? (await load()) } });
			return;
		}
		external.push({ offsetBytes, lengthBytes, load });
		initializers.push({ ...info, data: { location: options.location, offsetBytes, lengthBytes } });
		offsetBytes += Math.ceil(lengthBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
	};
	for (const constant of graph.constants) {
		const bytesEach = constant.value.elementType === 'int64' ? 8 : 4;
		await place(constant.value, count(constant.shape) * bytesEach, () => {
			const data = constant.data();
			assert(data.length === count(constant.shape), `${constant.value.name} has ${data.length} numbers`);
			return Promise.resolve(bytesOf(data));
		});
	}
	for (const weight of graph.weights.values()) {
		await place(weight.value, count(weight.shape) * 4, async () => {
			const data = await options.loadWeight(weight.key);
			assert(data.length === count(weight.shape), `${weight.key} has ${data.length} numbers`);
			return bytesOf(weight.layout === 'plain' ? data : transpose(data, weight.shape[0]!, weight.shape[1]!));
		});
	}
	for (const { key, start, end, shape, data, scale } of graph.quantized) {
		const load = async () =>
			quantizeRows((await options.loadWeight(key)).subarray(start * shape[1], end * shape[1]), end - start);
		await place(data, (end - start) * shape[1], async () => bytesOf((await load()).data));
		await place(scale, (end - start) * 4, async () => bytesOf((await load()).scale));
	}
	const modelBytes = encodeModel({
		graphName: graph.name,
		opsets: graph.dialect === 'contrib' ? { '': OPSET, 'com.microsoft': 1 } : { '': OPSET },
		nodes: graph.nodes,
		initializers,
		inputs: graph.inputs,
		outputs: graph.outputs,
	});
	return { modelBytes, external, externalBytes: offsetBytes };
}

function count(shape: readonly number[]): number {
	return shape.reduce((product, size) => product * size, 1);
}

function bytesOf(data: Float32Array | Int8Array | BigInt64Array): Uint8Array {
	return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** [rows, columns] to [columns, rows]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
	const result = new Float32Array(data.length);
	for (let row = 0; row < rows; row++) {
		for (let column = 0; column < columns; column++) {
			result[column * rows + row] = data[row * columns + column]!;
		}
	}
	return result;
}
