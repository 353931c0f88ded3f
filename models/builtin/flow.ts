import { Mats, type Cv, type CvMat } from './opencv.ts';
import type { WorkingFrame } from './working-frame.ts';

/** Dense flow between two frames, both ways, in working pixels; x and y interleaved, `2 * width * height` long. */
export type FlowPair = {
	width: number;
	height: number;
	/** Where a pixel of the current frame was in the previous one: current(p) = previous(p + backward(p)). */
	backward: Float32Array;
	/** 0 to 1 a pixel of the current frame: how well the way there and back agree. */
	confidence: Float32Array;
};

/** Farneback's polynomial expansion (SCIA 2003), parameters for 240 to 360 lines: large windows, few iterations. */
function farneback(cv: Cv, from: CvMat, to: CvMat, flow: CvMat): void {
	cv.calcOpticalFlowFarneback(from, to, flow, 0.5, 5, 15, 3, 5, 1.2, 0);
}

export function flowBetween(cv: Cv, previous: WorkingFrame, current: WorkingFrame): FlowPair {
	const { width, height } = current;
	using mats = new Mats(cv);
	const previousGrey = mats.from8U(previous.grey, height, width, cv.CV_8UC1);
	const currentGrey = mats.from8U(current.grey, height, width, cv.CV_8UC1);
	const forwardMat = mats.create();
	const backwardMat = mats.create();
	farneback(cv, previousGrey, currentGrey, forwardMat);
	farneback(cv, currentGrey, previousGrey, backwardMat);
	const backward = backwardMat.data32F.slice();
	return { width, height, backward, confidence: agreement(forwardMat.data32F, backward, { width, height }) };
}

/** exp(-e^2 / (1 + a |motion|^2)), e being the distance from a pixel to where the way there and back ends. */
function agreement(
	forward: Float32Array,
	backward: Float32Array,
	size: { width: number; height: number },
): Float32Array {
	const { width, height } = size;
	const confidence = new Float32Array(width * height);
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at++) {
			const dx = backward[2 * at]!;
			const dy = backward[2 * at + 1]!;
			const px = Math.round(x + dx);
			const py = Math.round(y + dy);
			if (px < 0 || py < 0 || px >= width || py >= height) {
				continue;
			}
			const there = 2 * (py * width + px);
			const ex = dx + forward[there]!;
			const ey = dy + forward[there + 1]!;
			confidence[at] = Math.exp(-(ex * ex + ey * ey) / (2 + 0.02 * (dx * dx + dy * dy)));
		}
	}
	return confidence;
}

/** Levels a channel of the histogram that cuts are found by. */
const cutBins = 8;

/**
 * Whether another shot starts: the colours of the whole picture change at once, or the flow agrees nearly nowhere
 * while the picture that it predicts is wrong.
 */
export function isCut(flow: FlowPair, previous: WorkingFrame, current: WorkingFrame): boolean {
	let confidence = 0;
	let error = 0;
	const { width, height, backward } = flow;
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at++) {
			confidence += flow.confidence[at]!;
			const px = Math.min(width - 1, Math.max(0, Math.round(x + backward[2 * at]!)));
			const py = Math.min(height - 1, Math.max(0, Math.round(y + backward[2 * at + 1]!)));
			error += Math.abs(current.grey[at]! - previous.grey[py * width + px]!);
		}
	}
	const count = width * height;
	const common = commonColours(previous, current);
	return common < 0.35 || (confidence / count < 0.3 && (error / count > 20 || common < 0.6));
}

/** Intersection of the two pictures' Lab histograms, 0 to 1. */
function commonColours(one: WorkingFrame, other: WorkingFrame): number {
	const histogram = (frame: WorkingFrame) => {
		const bins = new Float32Array(cutBins ** 3);
		for (let from = 0; from < frame.lab.length; from += 3) {
			// Chroma lies in the middle half of its range on nearly every picture.
			const a = Math.min(7, Math.max(0, (frame.lab[from + 1]! - 64) >> 4));
			const b = Math.min(7, Math.max(0, (frame.lab[from + 2]! - 64) >> 4));
			bins[((frame.lab[from]! >> 5) * cutBins + a) * cutBins + b]! += 1;
		}
		return bins;
	};
	const first = histogram(one);
	const second = histogram(other);
	let common = 0;
	for (let bin = 0; bin < first.length; bin++) {
		common += Math.min(first[bin]!, second[bin]!);
	}
	return common / (one.width * one.height);
}
