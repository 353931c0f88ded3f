import type { Mask } from '../../preload/common/picture.ts';
import { Mats, type Cv } from './opencv.ts';
import type { WorkingSize } from './working-frame.ts';

/** Share of each working pixel that the mask covers, 0 to 1. */
export function toWorkingMask(cv: Cv, mask: Mask, size: WorkingSize): Float32Array {
	const isSmaller = size.width * size.height <= mask.width * mask.height;
	return resizePlane(cv, Float32Array.from(mask.data), mask, size, isSmaller ? cv.INTER_AREA : cv.INTER_LINEAR);
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
