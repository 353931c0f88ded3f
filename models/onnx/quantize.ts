/**
 * Unsigned activations, signed weights from -64 to 64: what ONNX Runtime calls U8S8 with a reduced range
 * (onnxruntime.ai, quantization, "Data type selection"). Processors with AVX2 or AVX-512 and no VNNI multiply these with
 * VPMADDUBSW, which adds two products in 16 bits and cuts what does not fit: 2 x 255 x 127 does not, 2 x 255 x 64 does.
 * Unsigned weights (U8U8) need no such care, as both sides are widened to 16 bits first, which takes twice as many
 * instructions. With VNNI all 8 bits would fit; but a model folder is made once and read anywhere, and the bit that is
 * lost costs less than the bytes of the other factor do.
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
