import { subtractRles, uniteRles } from '../../../preload/common/mask-algebra.ts';
import { emptyRle, type Rle, rleArea, rleFromBytes, rleToBytes } from '../../../preload/common/rle.ts';
import type { Size } from '../../../preload/common/geometry.ts';

/**
 * A frame's layers, as COCO's compressed counts; null where a layer is empty. What is shown and exported is
 * (model or painted) and not erased.
 */
export type Layers = { modelMask: Uint8Array | null; paintedMask: Uint8Array | null; erasedMask: Uint8Array | null };

/** The mask that the layers make together. */
export function composeLayers(layers: Layers, size: Size): Uint8Array {
	const model = decode(layers.modelMask, size);
	const painted = decode(layers.paintedMask, size);
	const erased = decode(layers.erasedMask, size);
	const drawn = painted ? uniteRles(model ?? emptyRle(size), painted) : (model ?? emptyRle(size));
	return rleToBytes(erased ? subtractRles(drawn, erased) : drawn);
}

/** The layers after one stroke of the brush or the eraser: the newest stroke wins where the two meet. */
export function strokeLayers(layers: Layers, stroke: { area: Rle; isErasing: boolean }): Layers {
	const { area, isErasing } = stroke;
	const painted = decode(layers.paintedMask, area);
	const erased = decode(layers.erasedMask, area);
	const into = isErasing ? erased : painted;
	const outOf = isErasing ? painted : erased;
	const grown = encode(into ? uniteRles(into, area) : area);
	const shrunk = outOf && encode(subtractRles(outOf, area));
	return {
		modelMask: layers.modelMask,
		paintedMask: isErasing ? shrunk : grown,
		erasedMask: isErasing ? grown : shrunk,
	};
}

function decode(bytes: Uint8Array | null, size: Size): Rle | null {
	return bytes && rleFromBytes(size, bytes);
}

function encode(rle: Rle): Uint8Array | null {
	return rleArea(rle) === 0 ? null : rleToBytes(rle);
}
