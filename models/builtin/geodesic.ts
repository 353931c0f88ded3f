import type { WorkingFrame } from './working-frame.ts';

/** What a step of one pixel costs beside the change of colour, in Lab units. */
const stepCost = 1.2;
/** Queue buckets a unit of distance. */
const fineness = 2;

/**
 * Geodesic distance of every pixel from the seeds: the cheapest path, a step costing the change of (smoothed) colour
 * and a little for its length. Dijkstra's algorithm with buckets; distances over `limit` stay Infinity.
 */
export function geodesicDistance(frame: WorkingFrame, seeds: readonly number[], limit: number): Float32Array {
	const { width, height, labMean } = frame;
	const distances = new Float32Array(width * height).fill(Infinity);
	const buckets: number[][] = Array.from({ length: Math.ceil(limit * fineness) + 1 }, () => []);
	for (const seed of seeds) {
		distances[seed] = 0;
		buckets[0]!.push(seed);
	}
	for (let bucket = 0; bucket < buckets.length; bucket++) {
		const queue = buckets[bucket]!;
		for (let index = 0; index < queue.length; index++) {
			const at = queue[index]!;
			const distance = distances[at]!;
			if ((distance * fineness) | 0) {
				if (((distance * fineness) | 0) < bucket) {
					continue;
				}
			}
			const x = at % width;
			const visit = (to: number) => {
				const dl = labMean[3 * at]! - labMean[3 * to]!;
				const da = labMean[3 * at + 1]! - labMean[3 * to + 1]!;
				const db = labMean[3 * at + 2]! - labMean[3 * to + 2]!;
				const next = distance + stepCost + Math.sqrt(0.5 * dl * dl + 1.5 * (da * da + db * db));
				if (next < distances[to]! && next < limit) {
					distances[to] = next;
					buckets[(next * fineness) | 0]!.push(to);
				}
			};
			if (x > 0) {
				visit(at - 1);
			}
			if (x + 1 < width) {
				visit(at + 1);
			}
			if (at >= width) {
				visit(at - width);
			}
			if (at + width < width * height) {
				visit(at + width);
			}
		}
		queue.length = 0;
	}
	return distances;
}
