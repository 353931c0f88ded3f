import { threshold } from './planes.ts';
import { Mats, type Cv } from './opencv.ts';

type Size = { width: number; height: number };

/** Share of a region that has to lie on the carried mask for it to be a part of the object. */
const leastSupport = 0.25;
/** Regions smaller than this share of the object are specks. */
const leastShare = 0.004;

/** Sets regions (over 0.5, 8-connected) that the carried mask does not support, and specks, to at most 0.3. */
export function keepRegions(cv: Cv, probability: Float32Array, carried: Uint8Array, size: Size): void {
	const { labels, areas } = labelRegions(cv, threshold(probability, 0.5), size);
	if (areas.length <= 2) {
		return;
	}
	const support = new Float64Array(areas.length);
	let total = 0;
	for (let at = 0; at < labels.length; at++) {
		support[labels[at]!]! += carried[at]!;
	}
	for (let label = 1; label < areas.length; label++) {
		total += areas[label]!;
	}
	const isKept = Uint8Array.from(areas, (area, label) =>
		label > 0 && support[label]! >= leastSupport * area && area >= leastShare * total ? 1 : 0,
	);
	for (let at = 0; at < labels.length; at++) {
		const label = labels[at]!;
		if (label > 0 && isKept[label] === 0) {
			probability[at] = Math.min(0.3, probability[at]!);
		}
	}
}

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
