import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import { grabCut, label } from './cut.ts';
import { geodesicDistance } from './geodesic.ts';
import { obey } from './obey.ts';
import type { Cv } from './opencv.ts';
import { refine } from './refine.ts';
import { visitSeed, type Seed } from './seeds.ts';
import { toWorkingFrame, workingSize, type WorkingFrame } from './working-frame.ts';

export type ScoredMask = { mask: Mask; predictedIou: number };

/** The whole picture is looked at, coarsely. */
const firstPixels = 240 * 160;
/** Geodesic distance up to which regions are looked at. */
const farthest = 400;
/** Sizes of the three candidates, as shares of the picture. */
const sizes = [
	{ least: 0.001, most: 0.02, prior: 0.85 },
	{ least: 0.02, most: 0.1, prior: 1 },
	{ least: 0.1, most: 0.4, prior: 0.8 },
] as const;

/**
 * A first mask from clicks alone. Regions grow from the click along what looks alike (geodesic distance); of each size
 * the one is taken whose outline lies best on edges, and GrabCut makes it exact. Best first.
 */
export function firstClick(cv: Cv, picture: RgbPicture, seeds: readonly Seed[]): ScoredMask[] {
	const size = workingSize(picture, firstPixels);
	const frame = toWorkingFrame(cv, picture, size);
	const window = { left: 0, top: 0, width: picture.width, height: picture.height };
	const starts: number[] = [];
	const fixed = new Uint8Array(size.width * size.height).fill(255);
	for (const seed of seeds) {
		visitSeed(seed, window, size, 1.5, (at) => {
			fixed[at] = seed.isPositive ? label.inside : label.outside;
			if (seed.isPositive) {
				starts.push(at);
			}
		});
	}
	const distances = geodesicDistance(frame, starts, farthest);
	const outlines = outlineContrast(frame, distances);
	const candidates = sizes.map(({ least, most, prior }) => {
		const reach = bestReach(outlines, least * distances.length, most * distances.length);
		const labels = new Uint8Array(distances.length);
		for (let at = 0; at < labels.length; at++) {
			const distance = distances[at]!;
			labels[at] = fixed[at]! < 255 ? fixed[at]! : distance < reach ? label.maybeInside : label.maybeOutside;
			if (distance > 2.5 * reach && fixed[at] === 255) {
				labels[at] = label.outside;
			}
		}
		const cut = grabCut(cv, picture, size, labels, 2);
		const mask = obey(cv, picture, refine(cv, picture, size, withSeeds(cut, fixed)), seeds);
		return { mask, predictedIou: prior * quality(frame, cut) };
	});
	return candidates.sort((one, other) => other.predictedIou - one.predictedIou);
}

function withSeeds(cut: Uint8Array, fixed: Uint8Array): Uint8Array {
	return cut.map((value, at) => (fixed[at] === 255 ? value : fixed[at]!));
}

type Outline = { reach: number; area: number; contrast: number };

/** For growing reaches: the area, and how steep the distance is where the region ends (mean over the outline). */
function outlineContrast(frame: WorkingFrame, distances: Float32Array): Outline[] {
	const { width } = frame;
	const areas = new Float64Array(farthest);
	const steepness = new Float64Array(farthest);
	const lengths = new Float64Array(farthest);
	for (let at = 0; at < distances.length; at++) {
		const distance = distances[at]!;
		if (distance === Infinity) {
			continue;
		}
		areas[distance | 0]! += 1;
		for (const to of [at + 1, at + width]) {
			if (to >= distances.length || (to === at + 1 && to % width === 0)) {
				continue;
			}
			const other = Math.min(farthest - 1, distances[to]!);
			const low = Math.min(distance, other) | 0;
			const high = Math.max(distance, other) | 0;
			// The pair straddles the outline of every region whose reach lies between.
			for (let reach = low + 1; reach <= high; reach++) {
				steepness[reach]! += Math.min(40, high - low);
				lengths[reach]! += 1;
			}
		}
	}
	const outlines: Outline[] = [];
	let area = 0;
	for (let reach = 1; reach < farthest; reach++) {
		area += areas[reach - 1]!;
		outlines.push({ reach, area, contrast: lengths[reach]! > 0 ? steepness[reach]! / lengths[reach]! : 0 });
	}
	return outlines;
}

/** The reach of best contrast with an area between the two; the nearest in area where there is none. */
function bestReach(outlines: readonly Outline[], least: number, most: number): number {
	let best: Outline | null = null;
	for (const outline of outlines) {
		if (outline.area >= least && outline.area <= most && (best === null || outline.contrast > best.contrast)) {
			best = outline;
		}
	}
	const middle = Math.sqrt(least * most);
	best ??= outlines.reduce((one, other) =>
		Math.abs(Math.log((one.area + 1) / middle)) <= Math.abs(Math.log((other.area + 1) / middle)) ? one : other,
	);
	return best.reach;
}

/** 0 to 1: how strong the colours change across the outline, and how little of it is the picture's border. */
function quality(frame: WorkingFrame, cut: Uint8Array): number {
	const { width, height, labMean } = frame;
	let length = 0;
	let strength = 0;
	let border = 0;
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at++) {
			if (cut[at] === 1 && (x === 0 || y === 0 || x === width - 1 || y === height - 1)) {
				border++;
			}
			for (const to of [x + 2 < width ? at + 2 : -1, y + 2 < height ? at + 2 * width : -1]) {
				if (to >= 0 && cut[at] !== cut[to]) {
					const dl = labMean[3 * at]! - labMean[3 * to]!;
					const da = labMean[3 * at + 1]! - labMean[3 * to + 1]!;
					const db = labMean[3 * at + 2]! - labMean[3 * to + 2]!;
					length++;
					strength += Math.min(1, Math.sqrt(0.5 * dl * dl + 1.5 * (da * da + db * db)) / 30);
				}
			}
		}
	}
	return length === 0 ? 0 : (strength / length) * Math.max(0.2, 1 - (2 * border) / length);
}
