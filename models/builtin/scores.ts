import type { Mask } from '../../preload/common/picture.ts';
import type { MaskScores, Presence } from '../predict/tracker.ts';
import { sigmoid } from './planes.ts';

export const absentScores: MaskScores = { predictedIou: 0, objectScore: -8, stability: null };

/**
 * Under it a person should look: of the frames of the model card whose J is under 0.6 five in six are, of the others one
 * in 80.
 */
const certainIou = 0.65;

/** Presence and scores of a carried mask of full size, from what the network says of it. */
export function judge(
	carried: { objectScore: number; iouLogit: number },
	mask: Mask,
): { presence: Presence; scores: MaskScores } {
	const { objectScore } = carried;
	if (objectScore <= 0 || !mask.data.includes(1)) {
		return { presence: 'absent', scores: objectScore < 0 ? { ...absentScores, objectScore } : absentScores };
	}
	const predictedIou = sigmoid(carried.iouLogit);
	const presence = predictedIou < certainIou ? 'uncertain' : 'visible';
	return { presence, scores: { predictedIou, objectScore, stability: null } };
}
