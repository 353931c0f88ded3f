import type { MaskScores, Presence } from '../predict/tracker.ts';
import type { CarryEvidence } from './carry.ts';
import { logit, sigmoid } from './planes.ts';

/** What one frame says of a tracked object. */
export type Verdict = { presence: Presence; scores: MaskScores };

export const absentScores: MaskScores = { predictedIou: 0, objectScore: -8, stability: null };

/** Fewer working pixels than this are no object. */
const leastPixels = 12;

/**
 * Presence and scores of a carried mask. `typicalAreaPixels` is the object's area on the last good frames;
 * `trust` is what was left of the certainty on the frame before, 0 to 1: errors add up along a run.
 */
export function judge(
	evidence: CarryEvidence,
	context: { typicalAreaPixels: number; trust: number },
): Verdict & { trust: number } {
	const ratio = evidence.areaPixels / Math.max(1, context.typicalAreaPixels);
	if (evidence.areaPixels < leastPixels || ratio < 0.03) {
		return { presence: 'absent', scores: absentScores, trust: 0 };
	}
	const objectScore =
		3 * (evidence.matchQuality - 0.35) +
		2.5 * (evidence.flowConfidence - 0.25) +
		0.9 * evidence.colour +
		Math.log(ratio);
	const frameTrust = sigmoid(objectScore);
	const predictedIou = frameTrust;
	return {
		presence: objectScore < -2 ? 'absent' : predictedIou < 0.5 ? 'uncertain' : 'visible',
		scores: { predictedIou, objectScore, stability: logit(evidence.sharpness, 1) },
		trust: frameTrust,
	};
}
