import { Mats, type Cv } from './opencv.ts';
import { threshold } from './planes.ts';

type Size = { width: number; height: number };

export type Regions = {
	/** Region of each pixel, 0 being the background; `areas[label]` its pixels. */
	labels: Int32Array;
	areas: number[];
};

/** 8-connected regions of a mask of 0 and 1. */
export function labelRegions(cv: Cv, mask: Uint8Array, size: Size): Regions {
	using mats = new Mats(cv);
	const source = mats.from8U(mask, size.height, size.width, cv.CV_8UC1);
	const labels = mats.create();
	const stats = mats.create();
	const count = cv.connectedComponentsWithStats(source, labels, stats, mats.create());
	// Columns of a row: left, top, width, height, area.
	const rows = stats.data32S;
	const areas = Array.from({ length: count }, (_, label) => rows[5 * label + 4]!);
	return { labels: labels.data32S.slice(), areas };
}

/** Logit where the object surely is not. */
export const surelyNot = -8;
/** How far a part of an object gets from where the object was, in working pixels. */
const reachPixels = 6;
/** Share of a region that has to lie within that reach. */
const leastSupport = 0.3;

/**
 * Takes regions off a mask that are not where the object was before: look-alikes elsewhere. Sets their logits low.
 * Where nothing was before, or nothing would be left, all regions stay: the object may come back anywhere.
 */
export function keepSupported(
	cv: Cv,
	logits: Float32Array,
	before: Float32Array,
	size: { width: number; height: number },
): void {
	const { labels, areas } = labelRegions(cv, threshold(logits, 0), size);
	const near = widened(cv, before, size);
	const support = new Float64Array(areas.length);
	for (let at = 0; at < labels.length; at++) {
		support[labels[at]!]! += near[at]! > 0 ? 1 : 0;
	}
	const isKept = areas.map((area, label) => label > 0 && support[label]! > leastSupport * area);
	if (!isKept.includes(true)) {
		return;
	}
	for (let at = 0; at < labels.length; at++) {
		const label = labels[at]!;
		if (label > 0 && !isKept[label]) {
			logits[at] = surelyNot;
		}
	}
}

/** Not 0 within `reachPixels` (either way) of where the soft mask is over one half. */
function widened(cv: Cv, mask: Float32Array, { width, height }: { width: number; height: number }): Uint8Array {
	using mats = new Mats(cv);
	const source = mats.from8U(threshold(mask, 0.5), height, width, cv.CV_8UC1);
	const values = source.data;
	for (let at = 0; at < values.length; at++) {
		values[at]! *= 255;
	}
	const mean = mats.create();
	const side = 2 * reachPixels + 1;
	cv.boxFilter(source, mean, -1, new cv.Size(side, side));
	return mean.data.slice();
}
