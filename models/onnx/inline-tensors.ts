import protobuf from 'protobufjs/minimal.js';

/** Field numbers of onnx.proto on the way to a tensor's bytes. */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_NAME = 8;
const TENSOR_RAW_DATA = 9;
const WIRE_BYTES = 2;

/** The tensors that a model file of ours holds itself, by name, little-endian; those of its data file are left out. */
export function inlineTensors(modelBytes: Uint8Array): Map<string, Uint8Array> {
	const tensors = new Map<string, Uint8Array>();
	for (const graph of fieldsOf(modelBytes, MODEL_GRAPH)) {
		for (const tensor of fieldsOf(graph, GRAPH_INITIALIZER)) {
			const [data] = fieldsOf(tensor, TENSOR_RAW_DATA);
			const [name] = fieldsOf(tensor, TENSOR_NAME);
			if (data !== undefined && name !== undefined) {
				tensors.set(new TextDecoder().decode(name), data);
			}
		}
	}
	return tensors;
}

/** The contents of every field `wanted` of a message, all of them of bytes. */
function fieldsOf(message: Uint8Array, wanted: number): Uint8Array[] {
	const reader = protobuf.Reader.create(message);
	const found: Uint8Array[] = [];
	while (reader.pos < reader.len) {
		const tag = reader.uint32();
		if (tag === ((wanted << 3) | WIRE_BYTES)) {
			found.push(reader.bytes());
		} else {
			reader.skipType(tag & 7);
		}
	}
	return found;
}
