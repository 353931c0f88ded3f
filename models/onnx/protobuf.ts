import protobuf from 'protobufjs/minimal.js';
import { present } from '../../preload/common/assert.ts';

/*
 * The part of onnx.proto that our graphs need, written with its public field numbers. Messages are written in field
 * order, so equal models give equal bytes.
 */

export type OnnxDim = number | string;
export type OnnxElementType = 'float32' | 'float16' | 'int8' | 'int64' | 'bool';
export type OnnxAttribute = number | { float: number } | { floats: readonly number[] } | string | readonly number[];
export type OnnxNode = {
	name: string;
	opType: string;
	domain: string;
	inputs: readonly string[];
	outputs: readonly string[];
	attributes: Readonly<Record<string, OnnxAttribute>>;
};
export type OnnxTensorInfo = { name: string; elementType: OnnxElementType; shape: readonly OnnxDim[] };
/** Data inline, or `lengthBytes` at `offsetBytes` of a file beside the model. */
export type OnnxInitializer = OnnxTensorInfo & {
	data: { bytes: Uint8Array } | { location: string; offsetBytes: number; lengthBytes: number };
};
export type OnnxModel = {
	graphName: string;
	opsets: Readonly<Record<string, number>>;
	nodes: readonly OnnxNode[];
	initializers: readonly OnnxInitializer[];
	inputs: readonly OnnxTensorInfo[];
	outputs: readonly OnnxTensorInfo[];
};

const IR_VERSION = 10;
export const elementTypeCodes: Record<OnnxElementType, number> = {
	float32: 1,
	int8: 3,
	int64: 7,
	bool: 9,
	float16: 10,
};
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_FLOATS = 6;
const ATTRIBUTE_INTS = 7;
const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

/** The bytes of a ModelProto. */
export function encodeModel(model: OnnxModel): Uint8Array {
	const writer = protobuf.Writer.create();
	varint(writer, 1, IR_VERSION);
	text(writer, 2, 'masklet');
	message(writer, 7, () => writeGraph(writer, model));
	for (const [domain, version] of Object.entries(model.opsets)) {
		message(writer, 8, () => {
			text(writer, 1, domain);
			varint(writer, 2, version);
		});
	}
	return writer.finish();
}

function writeGraph(writer: protobuf.Writer, model: OnnxModel): void {
	for (const node of model.nodes) {
		message(writer, 1, () => writeNode(writer, node));
	}
	text(writer, 2, model.graphName);
	for (const initializer of model.initializers) {
		message(writer, 5, () => writeInitializer(writer, initializer));
	}
	for (const input of model.inputs) {
		message(writer, 11, () => writeTensorInfo(writer, input));
	}
	for (const output of model.outputs) {
		message(writer, 12, () => writeTensorInfo(writer, output));
	}
}

function writeNode(writer: protobuf.Writer, node: OnnxNode): void {
	node.inputs.forEach((name) => text(writer, 1, name));
	node.outputs.forEach((name) => text(writer, 2, name));
	text(writer, 3, node.name);
	text(writer, 4, node.opType);
	for (const [name, value] of Object.entries(node.attributes)) {
		message(writer, 5, () => writeAttribute(writer, name, value));
	}
	if (node.domain !== '') {
		text(writer, 7, node.domain);
	}
}

function writeAttribute(writer: protobuf.Writer, name: string, value: OnnxAttribute): void {
	text(writer, 1, name);
	if (typeof value === 'number') {
		varint(writer, 3, value);
		varint(writer, 20, ATTRIBUTE_INT);
	} else if (typeof value === 'string') {
		text(writer, 4, value);
		varint(writer, 20, ATTRIBUTE_STRING);
	} else if ('float' in value) {
		writer.uint32(tag(2, WIRE_FIXED32)).float(value.float);
		varint(writer, 20, ATTRIBUTE_FLOAT);
	} else if ('floats' in value) {
		value.floats.forEach((item) => writer.uint32(tag(7, WIRE_FIXED32)).float(item));
		varint(writer, 20, ATTRIBUTE_FLOATS);
	} else {
		value.forEach((item) => varint(writer, 8, item));
		varint(writer, 20, ATTRIBUTE_INTS);
	}
}

function writeInitializer(writer: protobuf.Writer, tensor: OnnxInitializer): void {
	for (const dim of tensor.shape) {
		varint(writer, 1, present(typeof dim === 'number' ? dim : null, 'size of an initializer'));
	}
	varint(writer, 2, elementTypeCodes[tensor.elementType]);
	text(writer, 8, tensor.name);
	const { data } = tensor;
	if ('bytes' in data) {
		writer.uint32(tag(9, WIRE_BYTES)).bytes(data.bytes);
		return;
	}
	const entries = { location: data.location, offset: `${data.offsetBytes}`, length: `${data.lengthBytes}` };
	for (const [key, value] of Object.entries(entries)) {
		message(writer, 13, () => {
			text(writer, 1, key);
			text(writer, 2, value);
		});
	}
	varint(writer, 14, 1);
}

function writeTensorInfo(writer: protobuf.Writer, info: OnnxTensorInfo): void {
	text(writer, 1, info.name);
	message(writer, 2, () =>
		message(writer, 1, () => {
			varint(writer, 1, elementTypeCodes[info.elementType]);
			message(writer, 2, () => {
				for (const dim of info.shape) {
					message(writer, 1, () => (typeof dim === 'number' ? varint(writer, 1, dim) : text(writer, 2, dim)));
				}
			});
		}),
	);
}

function tag(field: number, wireType: number): number {
	return (field << 3) | wireType;
}

function varint(writer: protobuf.Writer, field: number, value: number): void {
	writer.uint32(tag(field, WIRE_VARINT)).int64(value);
}

function text(writer: protobuf.Writer, field: number, value: string): void {
	writer.uint32(tag(field, WIRE_BYTES)).string(value);
}

function message(writer: protobuf.Writer, field: number, write: () => void): void {
	writer.uint32(tag(field, WIRE_BYTES)).fork();
	write();
	writer.ldelim();
}
