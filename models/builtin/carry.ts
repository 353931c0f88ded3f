import type { ColourModel } from './colour-model.ts';
import type { FlowPair } from './flow.ts';
import type { GuidedFilter, Smoothed } from './guided-filter.ts';
import { matchLocally } from './local-matching.ts';
import type { Cv } from './opencv.ts';
import { logit, sigmoid, signedDistance, threshold, warp } from './planes.ts';
import { keepRegions } from './regions.ts';
import type { WorkingFrame } from './working-frame.ts';

/** Half width of the band around the carried outline in which pixels are decided anew, in working pixels. */
const bandRadius = 16;
/** Nearer than this the other side is within the reach of local matching. */
const matchRadius = 12;
/** What each kind of evidence weighs, in log odds. */
const weights = { match: 1, warp: 0.3, anchorColour: 0.5, recentColour: 0.25, depth: 0.3 };

export type CarryInput = {
	previous: { frame: WorkingFrame; probability: Float32Array };
	current: WorkingFrame;
	flow: FlowPair;
	/** What the anchors look like, and what the last frames looked like. */
	colours: { anchors: ColourModel; recent: ColourModel };
	filter: GuidedFilter;
};

export type Carried = {
	/** Soft mask of the current frame, 0 to 1. */
	probability: Float32Array;
	/** The filter's model of it, for the full size. */
	smoothed: Smoothed;
	/** What the masks of earlier frames say of this one, before anything else did. */
	evidence: CarryEvidence;
};

/** Means over the object's pixels, from which the scores are made. All 0 where the object has none. */
export type CarryEvidence = {
	areaPixels: number;
	/** Area that the flow alone would have given. */
	warpedAreaPixels: number;
	/** How well flow there and back agree, 0 to 1. */
	flowConfidence: number;
	/** How alike the best match in the previous frame is, over the band, 0 to 1. */
	matchQuality: number;
	/** Log ratio of the anchors' colour model. */
	colour: number;
	/** Share of the pixels that are decided clearly. */
	sharpness: number;
	/** IoU with the carried mask. */
	overlap: number;
};

/**
 * One object, one frame further: previous mask -> warped by flow -> band around its outline -> local matching
 * -> log odds of match, flow, colours and depth -> guided filter -> regions that touch the carried mask.
 */
export function carry(cv: Cv, input: CarryInput): Carried {
	const { previous, current, flow, colours, filter } = input;
	const warped = warp(previous.probability, flow.backward, current);
	const carried = threshold(warped, 0.5);
	const signed = signedDistance(cv, carried, current);
	const band = new Uint8Array(warped.length);
	for (let at = 0; at < band.length; at++) {
		const distance = signed[at]!;
		band[at] = distance < matchRadius && distance > -matchRadius ? 1 : 0;
	}
	const match = matchLocally(previous, current, flow, band, warped);
	const raw = new Float32Array(warped.length);
	for (let at = 0; at < raw.length; at++) {
		const distance = signed[at]!;
		if (distance <= -bandRadius) {
			continue;
		}
		const evidence =
			weights.match * logit(match.probability[at]!, 4) +
			weights.warp * logit(warped[at]!, 3) +
			weights.anchorColour * colours.anchors.logRatioAt(current.lab, at) +
			weights.recentColour * colours.recent.logRatioAt(current.lab, at) +
			weights.depth * Math.max(-20, Math.min(20, distance));
		raw[at] = sigmoid(evidence);
	}
	const smoothed = filter.apply(raw);
	const probability = smoothed.plane;
	for (let at = 0; at < probability.length; at++) {
		const value = probability[at]!;
		probability[at] = signed[at]! <= -bandRadius || value < 0 ? 0 : value > 1 ? 1 : value;
	}
	keepRegions(cv, probability, carried, current);
	return { probability, smoothed, evidence: evidenceOf(probability, { carried, band, match, flow, colours, current }) };
}

function evidenceOf(
	probability: Float32Array,
	of: {
		carried: Uint8Array;
		band: Uint8Array;
		match: { quality: Float32Array };
		flow: FlowPair;
		colours: { anchors: ColourModel };
		current: WorkingFrame;
	},
): CarryEvidence {
	let area = 0;
	let warpedArea = 0;
	let both = 0;
	let confidence = 0;
	let quality = 0;
	let inBand = 0;
	let colour = 0;
	let clear = 0;
	for (let at = 0; at < probability.length; at++) {
		const value = probability[at]!;
		warpedArea += of.carried[at]!;
		if (value <= 0.5) {
			continue;
		}
		area++;
		both += of.carried[at]!;
		confidence += of.flow.confidence[at]!;
		colour += of.colours.anchors.logRatioAt(of.current.lab, at);
		clear += value > 0.85 ? 1 : 0;
		if (of.band[at] === 1) {
			inBand++;
			quality += of.match.quality[at]!;
		}
	}
	const unit = area > 0 ? 1 / area : 0;
	return {
		areaPixels: area,
		warpedAreaPixels: warpedArea,
		flowConfidence: confidence * unit,
		matchQuality: inBand > 0 ? quality / inBand : 0,
		colour: colour * unit,
		sharpness: clear * unit,
		overlap: area + warpedArea - both > 0 ? both / (area + warpedArea - both) : 0,
	};
}
