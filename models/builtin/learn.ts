import type { Mask } from '../../preload/common/picture.ts';
import type { ColourModel } from './colour-model.ts';
import { Mats, type Cv } from './opencv.ts';
import { signedDistance, threshold } from './planes.ts';
import type { WorkingFrame, WorkingSize } from './working-frame.ts';

/**
 * Teaches a colour model one frame: pixels well inside against those outside; the object's surroundings count more
 * than what is far, and pixels at the outline, where colours mix, do not count.
 */
export function learnColours(
	cv: Cv,
	model: ColourModel,
	frame: WorkingFrame,
	probability: Float32Array,
	strength: number,
): void {
	const signed = signedDistance(cv, threshold(probability, 0.5), frame);
	let isThin = true;
	for (const distance of signed) {
		if (distance > 1.5) {
			isThin = false;
			break;
		}
	}
	const inside = isThin ? 0 : 1.5;
	for (let at = 0; at < signed.length; at++) {
		const distance = signed[at]!;
		signed[at] = distance > inside ? 1 : distance >= -2 ? 0 : distance > -40 ? -1 : -0.2;
	}
	model.learn(frame, signed, strength);
}

/** Share of each working pixel that the mask covers, 0 to 1. */
export function toWorkingMask(cv: Cv, mask: Mask, size: WorkingSize): Float32Array {
	using mats = new Mats(cv);
	const source = mats.create(mask.height, mask.width, cv.CV_32FC1);
	source.data32F.set(mask.data);
	const target = mats.create();
	cv.resize(source, target, new cv.Size(size.width, size.height), 0, 0, cv.INTER_AREA);
	return target.data32F.slice();
}
