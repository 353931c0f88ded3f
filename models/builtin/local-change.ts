import type { Mask } from '../../preload/common/picture.ts';
import type { Cv } from './opencv.ts';
import { labelRegions } from './regions.ts';
import { visitSeed, type Seed } from './seeds.ts';

/** What a click reaches at least, as a share of the picture part's diagonal. */
const reachShare = 0.02;

/**
 * A mask that was right but for one place: of what a new mask changes in it, only those regions are taken over that
 * come near the seed. Both masks are of one size, in which the seed's coordinates are.
 */
export function changedNear(cv: Cv, old: Mask, changed: Mask, seed: Seed): Mask {
	const difference = old.data.map((value, at) => value ^ changed.data[at]!);
	const { labels } = labelRegions(cv, difference, old);
	const near = new Set<number>();
	const whole = { left: 0, top: 0, width: old.width, height: old.height };
	visitSeed(seed, whole, old, Math.max(3, reachShare * Math.hypot(old.width, old.height)), (at) => {
		near.add(labels[at]!);
	});
	near.delete(0);
	const data = old.data.map((value, at) => (near.has(labels[at]!) ? changed.data[at]! : value));
	return { width: old.width, height: old.height, data };
}
