import type { Box } from '../../preload/common/geometry.ts';
import { colourOdds, coloursOf } from './colour-odds.ts';
import type { Planes } from './working-frame.ts';
import { visitSeed, type Seed } from './seeds.ts';
import type { Window } from './window.ts';

/** Radius of a click's disc, in pixels of the window as the network sees it. */
const clickRadius = 3;
/** Half side of the square around what was said to be inside that a first click without a box takes colours from. */
const colourRadius = 7;

/** What was said; coordinates are the picture's, `before` is the mask so far, 0 to 1 a pixel of the window. */
export type Said = { seeds: readonly Seed[]; box: Box | null; before: Float32Array | null };

/**
 * What was said as the six planes that the network reads: clicks inside, clicks outside, box, whether there is one, the
 * mask before, and odds of the colours of what is believed to be the object. `training/prompts.py` draws the same.
 */
export function promptMaps(frame: Planes, window: Window, said: Said): Float32Array {
	const area = frame.width * frame.height;
	const maps = new Float32Array(6 * area);
	const plane = (index: number) => maps.subarray(index * area, (index + 1) * area);
	const [inside, outside, box, hasBox, before, odds] = [0, 1, 2, 3, 4, 5].map(plane) as [
		Float32Array,
		Float32Array,
		Float32Array,
		Float32Array,
		Float32Array,
		Float32Array,
	];
	for (const seed of said.seeds) {
		visitSeed(seed, window, frame, clickRadius, (at) => {
			inside[at] = seed.isPositive ? 1 : 0;
			outside[at] = seed.isPositive ? 0 : 1;
		});
	}
	if (said.box !== null) {
		fillBox(box, said.box, window, frame);
		hasBox.fill(1);
	}
	if (said.before !== null) {
		before.set(said.before);
	}
	const isSeen = before.reduce((sum, value) => sum + value, 0) >= 1;
	const belief = isSeen ? before : box.includes(1) ? box : around(inside, frame);
	if (belief.some((value) => value > 0)) {
		colourOdds(frame.bins, coloursOf(frame.bins, belief), odds);
	}
	return maps;
}

function around(inside: Float32Array, { width, height }: Planes): Float32Array {
	const belief = new Float32Array(inside.length);
	for (let at = inside.indexOf(1); at >= 0; at = inside.indexOf(1, at + 1)) {
		const [x, y] = [at % width, Math.floor(at / width)];
		for (let row = Math.max(0, y - colourRadius); row <= Math.min(height - 1, y + colourRadius); row++) {
			const from = row * width;
			belief.fill(1, from + Math.max(0, x - colourRadius), from + Math.min(width, x + colourRadius + 1));
		}
	}
	return belief;
}

function fillBox(into: Float32Array, box: Box, window: Window, frame: Planes): void {
	const scaleX = frame.width / window.width;
	const scaleY = frame.height / window.height;
	const x0 = Math.max(0, Math.round((box.x0 - window.left) * scaleX));
	const x1 = Math.min(frame.width, Math.max(x0 + 1, Math.round((box.x1 - window.left) * scaleX)));
	const y0 = Math.max(0, Math.round((box.y0 - window.top) * scaleY));
	const y1 = Math.min(frame.height, Math.max(y0 + 1, Math.round((box.y1 - window.top) * scaleY)));
	for (let y = y0; y < y1; y++) {
		into.fill(1, y * frame.width + x0, y * frame.width + x1);
	}
}
