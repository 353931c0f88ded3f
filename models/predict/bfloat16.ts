/*
 * Memories are kept as bfloat16, the upper half of a float32: the network was trained and measured so, and it halves
 * their size. Rounding is to the nearest, ties to even; what is not a number does not occur.
 */

export function toBfloat16(values: Float32Array): Uint16Array {
	const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
	const rounded = new Uint16Array(values.length);
	for (let index = 0; index < rounded.length; index++) {
		const word = bits[index]!;
		rounded[index] = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
	}
	return rounded;
}

/** Writes the values into `target` from `at` on. */
export function fromBfloat16(halves: Uint16Array, target: Float32Array, at: number): void {
	const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
	for (let index = 0; index < halves.length; index++) {
		bits[at + index] = halves[index]! << 16;
	}
}
