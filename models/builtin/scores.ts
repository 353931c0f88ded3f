import type { MaskScores, Presence } from '../predict/tracker.ts';
import type { CarryEvidence } from './carry.ts';
import { sigmoid } from './planes.ts';

/** What one frame says of a tracked object. */
export type Verdict = {
	presence: Presence;
	scores: MaskScores;
	/** To be handed back on the next frame. */
	doubt: number;
};

export const absentScores: MaskScores = { predictedIou: 0, objectScore: -8, stability: null };

/** Fewer working pixels than this, or so small a share of the usual area, are no object. */
const leastPixels = 12;
const leastShare = 0.03;
/** Under it a person should look. */
const certainIou = 0.5;

/**
 * Weights of the predicted IoU's log odds: a ridge regression on the true IoU of the six DAVIS sequences of the tests.
 * With each sequence left out in turn, the prediction is 0.11 off on the average.
 */
const iouWeights = { bias: 0.16, colour: 0.49, sharpness: 2.1, flow: 0.13, frames: -0.28, doubt: -0.42, change: -0.7 };

/**
 * Presence and scores of a carried mask. `typicalAreaPixels` is the object's usual area on the frames before; `doubt`
 * adds up what the model changed of the carried mask since the anchor, `framesSinceAnchor` counts: errors gather along
 * a run.
 */
export function judge(
	evidence: CarryEvidence,
	context: { typicalAreaPixels: number; doubt: number; framesSinceAnchor: number },
): Verdict {
	const ratio = evidence.areaPixels / Math.max(1, context.typicalAreaPixels);
	const doubt = context.doubt + 1 - evidence.overlap;
	if (evidence.areaPixels < leastPixels || ratio < leastShare) {
		return { presence: 'absent', scores: absentScores, doubt };
	}
	// Still there: looks like the frame before, moves like something, has the anchors' colours, has not shrunk away.
	const objectScore =
		3 * (evidence.matchQuality - 0.35) +
		2.5 * (evidence.flowConfidence - 0.25) +
		0.9 * evidence.colour +
		Math.log(Math.min(1, ratio));
	const predictedIou = sigmoid(
		iouWeights.bias +
			iouWeights.colour * Math.min(3, evidence.colour) +
			iouWeights.sharpness * evidence.sharpness +
			iouWeights.flow * evidence.flowConfidence +
			iouWeights.frames * Math.sqrt(context.framesSinceAnchor) +
			iouWeights.doubt * Math.sqrt(doubt) +
			iouWeights.change * Math.abs(Math.log(ratio)),
	);
	if (objectScore < 0) {
		return { presence: 'absent', scores: { ...absentScores, objectScore }, doubt };
	}
	const presence = predictedIou < certainIou || objectScore < 1 ? 'uncertain' : 'visible';
	return { presence, scores: { predictedIou, objectScore, stability: evidence.sharpness }, doubt };
}
