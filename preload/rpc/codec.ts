import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';

/**
 * Messages as bytes, for channels that carry bytes alone (WebSocket). A `Uint8Array` travels as binary, the other typed
 * arrays as an extension each with their bytes in little-endian order; `undefined` in an object is left out, elsewhere
 * it becomes `null`. Binary parts of a decoded message are views of the message's own buffer.
 */
export function createCodec(): {
	encode: (message: unknown) => Uint8Array<ArrayBuffer>;
	decode: (bytes: Uint8Array) => unknown;
} {
	const extensionCodec = new ExtensionCodec();
	for (const [type, TypedArray] of typedArrays) {
		extensionCodec.register({
			type,
			encode: (value) =>
				value instanceof TypedArray && value.constructor === TypedArray
					? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
					: null,
			// The bytes start at any offset of the message, so they are copied to where the type's alignment holds.
			decode: (bytes) => new TypedArray(bytes.slice().buffer),
		});
	}
	const decoder = new Decoder({ extensionCodec });
	return {
		encode(message) {
			// Sized ahead, as growing by doubling would copy a message full of pictures several times. The buffer is this
			// message's own, so that it may be handed on as it is.
			const encoder = new Encoder({ extensionCodec, ignoreUndefined: true, initialBufferSize: binaryBytes(message) });
			return encoder.encodeSharedRef(message);
		},
		decode: (bytes) => decoder.decode(bytes),
	};
}

/** Room for the binary parts of a message, with some for the rest. */
function binaryBytes(message: unknown): number {
	if (ArrayBuffer.isView(message)) {
		return message.byteLength + 64;
	}
	if (typeof message !== 'object' || message === null) {
		return 64;
	}
	let sum = 256;
	for (const value of Object.values(message)) {
		if (typeof value === 'object') {
			sum += binaryBytes(value);
		}
	}
	return sum;
}

/** Extension numbers are part of the wire: never reuse one. */
const typedArrays = [
	[1, Int8Array],
	[2, Uint8ClampedArray],
	[3, Int16Array],
	[4, Uint16Array],
	[5, Int32Array],
	[6, Uint32Array],
	[7, Float32Array],
	[8, Float64Array],
] as const;
