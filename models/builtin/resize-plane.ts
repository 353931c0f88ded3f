import type { Mask } from '../../preload/common/picture.ts';
import { Mats, type Cv } from './opencv.ts';
import type { WorkingSize } from './working-frame.ts';

/** Share of each working pixel that the mask covers, 0 to 1. */
export function toWorkingMask(cv: Cv, mask: Mask, size: WorkingSize): Float32Array {
	const isSmaller = size.width * size.height <= mask.width * mask.height;
	return resizePlane(cv, Float32Array.from(mask.data), mask, size, isSmaller ? cv.INTER_AREA : cv.INTER_LINEAR);
}

/** The mask of `size` where the enlarged logits are over 0. */
export function toFullMask(cv: Cv, logits: Float32Array, from: WorkingSize, size: WorkingSize): Mask {
	const plane = resizePlane(cv, logits, from, size, cv.INTER_LINEAR);
	const data = new Uint8Array(plane.length);
	for (let at = 0; at < data.length; at++) {
		data[at] = plane[at]! > 0 ? 1 : 0;
	}
	return { width: size.width, height: size.height, data };
}

function resizePlane(cv: Cv, plane: Float32Array, from: WorkingSize, to: WorkingSize, method: number): Float32Array {
	if (from.width === to.width && from.height === to.height) {
		return plane;
	}
	using mats = new Mats(cv);
	const source = mats.create(from.height, from.width, cv.CV_32FC1);
	source.data32F.set(plane);
	const target = mats.create();
	cv.resize(source, target, new cv.Size(to.width, to.height), 0, 0, method);
	return target.data32F.slice();
}
