import type { RgbPicture } from '../../preload/common/picture.ts';
import { Mats, type Cv } from './opencv.ts';

/** What a step of one pixel costs beside the change of colour, in Lab units. */
const stepCost = 1.2;
/** Queue buckets a unit of distance. */
const fineness = 2;

/** A picture's colours after a 5x5 mean, 8-bit Lab, 3 bytes a pixel: what is around each pixel. */
export type SmoothedLab = { width: number; height: number; labMean: Uint8Array };

export function smoothedLab(cv: Cv, { width, height, data }: RgbPicture): SmoothedLab {
	using mats = new Mats(cv);
	const lab = mats.create();
	const labMean = mats.create();
	cv.cvtColor(mats.from8U(data, height, width, cv.CV_8UC3), lab, cv.COLOR_RGB2Lab);
	cv.boxFilter(lab, labMean, -1, new cv.Size(5, 5));
	return { width, height, labMean: labMean.data.slice() };
}

/**
 * Geodesic distance of every pixel from the seeds: the cheapest path, a step costing the change of (smoothed) colour
 * and a little for its length. Dijkstra's algorithm with buckets; distances over `limit` stay Infinity.
 */
export function geodesicDistance(picture: SmoothedLab, seeds: readonly number[], limit: number): Float32Array {
	const { width, height, labMean } = picture;
	const distances = new Float32Array(width * height).fill(Infinity);
	const buckets: number[][] = Array.from({ length: Math.ceil(limit * fineness) + 1 }, () => []);
	for (const seed of seeds) {
		distances[seed] = 0;
		buckets[0]!.push(seed);
	}
	const isSettled = new Uint8Array(width * height);
	const last = width * height - width;
	for (const queue of buckets) {
		// Every step is longer than a bucket, so nothing is added to the bucket that is being worked on.
		for (const at of queue) {
			if (isSettled[at] === 1) {
				continue;
			}
			isSettled[at] = 1;
			const distance = distances[at]!;
			const x = at % width;
			for (let side = 0; side < 4; side++) {
				const isThere = side === 0 ? x > 0 : side === 1 ? x + 1 < width : side === 2 ? at >= width : at < last;
				const to = at + (side === 0 ? -1 : side === 1 ? 1 : side === 2 ? -width : width);
				if (!isThere || isSettled[to] === 1) {
					continue;
				}
				const dl = labMean[3 * at]! - labMean[3 * to]!;
				const da = labMean[3 * at + 1]! - labMean[3 * to + 1]!;
				const db = labMean[3 * at + 2]! - labMean[3 * to + 2]!;
				const change = Math.sqrt(0.5 * dl * dl + 1.5 * (da * da + db * db));
				const next = Math.fround(distance + stepCost + change);
				if (next < distances[to]! && next < limit) {
					distances[to] = next;
					buckets[(next * fineness) | 0]!.push(to);
				}
			}
		}
		queue.length = 0;
	}
	return distances;
}
