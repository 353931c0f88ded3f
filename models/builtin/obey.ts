import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import { geodesicDistance, smoothedLab } from './geodesic.ts';
import type { Cv } from './opencv.ts';
import { labelRegions } from './regions.ts';
import { visitSeed, type Seed } from './seeds.ts';
import { cropMask, cropPicture, pasteMask, windowAround, type Window } from './window.ts';

/** Half side of what a click is sure to change where the colours speak against it, as a share of the diagonal. */
const reachShare = 0.02;

/**
 * Makes the mask agree with every click and stroke: later ones win over earlier ones where they contradict. A click
 * that the mask denies takes the pixels around it that look alike, so that no lone pixel is left; its own pixel always.
 */
export function obey(cv: Cv, picture: RgbPicture, mask: Mask, seeds: readonly Seed[]): Mask {
	let result = mask;
	const whole: Window = { left: 0, top: 0, width: mask.width, height: mask.height };
	for (const seed of seeds) {
		const wanted = seed.isPositive ? 1 : 0;
		if (isSpeckAt(cv, result, seed, wanted)) {
			result = grown(cv, picture, result, seed, wanted);
		}
	}
	const data = result.data.slice();
	for (const seed of seeds) {
		visitSeed(seed, whole, mask, 0.5, (at) => {
			data[at] = seed.isPositive ? 1 : 0;
		});
	}
	return { width: mask.width, height: mask.height, data };
}

/** Whether the seed's pixel is on the wrong side, or on the right one but in a region smaller than a click's reach. */
function isSpeckAt(cv: Cv, mask: Mask, seed: Seed, wanted: 0 | 1): boolean {
	const window = reachWindow(mask, seed);
	const part = cropMask(mask, window);
	const { labels, areas } = labelRegions(
		cv,
		part.data.map((value) => (value === wanted ? 1 : 0)),
		part,
	);
	const point = seed.points[0]!;
	const at = (Math.floor(point.y) - window.top) * window.width + Math.floor(point.x) - window.left;
	const region = labels[at] ?? 0;
	return region === 0 || areas[region]! < 0.15 * part.data.length;
}

/** Sets the pixels around the seed that are near it in colour and place. */
function grown(cv: Cv, picture: RgbPicture, mask: Mask, seed: Seed, wanted: 0 | 1): Mask {
	const window = reachWindow(mask, seed);
	const starts: number[] = [];
	visitSeed(seed, window, window, 1.5, (at) => starts.push(at));
	const limit = 1.6 * reachOf(mask);
	const distances = geodesicDistance(smoothedLab(cv, cropPicture(picture, window)), starts, limit);
	const part = cropMask(mask, window);
	for (let at = 0; at < distances.length; at++) {
		if (distances[at]! < limit) {
			part.data[at] = wanted;
		}
	}
	return pasteMask(mask, part, window);
}

function reachOf(mask: Mask): number {
	return Math.max(3, reachShare * Math.hypot(mask.width, mask.height));
}

function reachWindow(mask: Mask, seed: Seed): Window {
	const reach = reachOf(mask) + seed.radius;
	const xs = seed.points.map((point) => point.x);
	const ys = seed.points.map((point) => point.y);
	const clampX = (x: number) => Math.max(0, Math.min(mask.width, x));
	const clampY = (y: number) => Math.max(0, Math.min(mask.height, y));
	const box = {
		x0: clampX(Math.min(...xs) - reach),
		y0: clampY(Math.min(...ys) - reach),
		x1: clampX(Math.max(...xs) + reach),
		y1: clampY(Math.max(...ys) + reach),
	};
	return windowAround(box, 0, mask);
}
