export function threshold(plane: Float32Array, level: number): Uint8Array {
	const mask = new Uint8Array(plane.length);
	for (let at = 0; at < plane.length; at++) {
		mask[at] = plane[at]! > level ? 1 : 0;
	}
	return mask;
}

export function sigmoid(value: number): number {
	return 1 / (1 + Math.exp(-value));
}
