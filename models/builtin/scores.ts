import type { Mask } from '../../preload/common/picture.ts';
import type { MaskScores, Presence } from '../predict/tracker.ts';
import { sigmoid } from './planes.ts';

export const absentScores: MaskScores = { predictedIou: 0, objectScore: -8, stability: null };

/**
 * What the network says of its IoU, in logits, is stretched to what it is in long runs, which training has not seen: fitted
 * by cross-entropy on the clips of the model card, each with the same weight.
 */
const calibration = { slope: 1.46, offset: -1.35 };

/** Under it a person should look. */
const certainIou = 0.5;

/** Presence and scores of a carried mask of full size, from what the network says of it. */
export function judge(
	carried: { objectScore: number; iouLogit: number },
	mask: Mask,
): { presence: Presence; scores: MaskScores } {
	const { objectScore } = carried;
	if (objectScore <= 0 || !mask.data.includes(1)) {
		return { presence: 'absent', scores: objectScore < 0 ? { ...absentScores, objectScore } : absentScores };
	}
	const predictedIou = sigmoid(calibration.slope * carried.iouLogit + calibration.offset);
	const presence = predictedIou < certainIou ? 'uncertain' : 'visible';
	return { presence, scores: { predictedIou, objectScore, stability: null } };
}
