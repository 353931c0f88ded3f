/**
 * Weights reach from -64 to 64. Processors with nothing newer than AVX2 add two products of a byte (0 to 255) and a
 * weight in 16 bits, and cut what does not fit: 2 x 255 x 64 fits. The bit that is lost costs less than the bytes of the
 * other factor do, and signed weights run twice as fast as unsigned ones where there is more than AVX2.
 */
const LARGEST = 64;

/** A linear layer's weight [rows, columns] as int8 [columns, rows], transposed, and a scale a row. */
export function quantizeRows(weight: Float32Array, rows: number): { data: Int8Array; scale: Float32Array } {
	const columns = weight.length / rows;
	const data = new Int8Array(weight.length);
	const scale = new Float32Array(rows);
	for (let row = 0; row < rows; row++) {
		const from = row * columns;
		let largest = 0;
		for (let column = 0; column < columns; column++) {
			largest = Math.max(largest, Math.abs(weight[from + column]!));
		}
		scale[row] = largest === 0 ? 1 : largest / LARGEST;
		for (let column = 0; column < columns; column++) {
			data[column * rows + row] = Math.round(weight[from + column]! / scale[row]!);
		}
	}
	return { data, scale };
}
