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
	const encoder = new Encoder({ extensionCodec, ignoreUndefined: true, initialBufferSize: 4096 });
	const decoder = new Decoder({ extensionCodec });
	return { encode: (message) => encoder.encode(message), decode: (bytes) => decoder.decode(bytes) };
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
