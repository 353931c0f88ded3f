import { decodeRle } from '../../preload/common/rle.ts';
import type { Box } from '../../preload/common/geometry.ts';
import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import type { Prompt } from '../../preload/common/prompt.ts';
import { breathe } from './breathe.ts';
import { grabCut, label } from './cut.ts';
import { firstClick, type ScoredMask } from './first-click.ts';
import { geodesicDistance } from './geodesic.ts';
import { obey } from './obey.ts';
import type { Cv } from './opencv.ts';
import { seedOf, visitSeed, type Seed } from './seeds.ts';
import { refine } from './refine.ts';
import { cropMask, cropPicture, emptyMask, maskBox, pasteMask, unionBox, windowAround, type Window } from './window.ts';
import { toWorkingFrame, workingSize, type WorkingSize } from './working-frame.ts';
import { toWorkingMask } from './resize-plane.ts';
import { threshold } from './planes.ts';

/** GrabCut's time grows with the pixels; 100,000 take some 100 ms an iteration. */
const promptPixels = 320 * 240;

/** Geodesic distance within which a correction is believed of the pixels around it. */
const alikeReach = 60;

/** What has been said so far, and the mask that it gave. */
export type PromptState = {
	/** Null before anything was said that a mask can be made from. */
	mask: Mask | null;
	/** A mask that was given (or propagated) is right but for the clicks that follow: they correct it near by. */
	isGiven: boolean;
	box: Box | null;
	seeds: readonly Seed[];
	candidates: readonly ScoredMask[];
};

export const nothingSaid: PromptState = { mask: null, isGiven: false, box: null, seeds: [], candidates: [] };

/** The state after one more prompt: a pure function of the picture, the state before, and the prompt. */
export async function say(
	cv: Cv,
	picture: RgbPicture,
	state: PromptState,
	prompt: Prompt,
	signal: AbortSignal,
): Promise<PromptState> {
	await breathe(signal);
	switch (prompt.kind) {
		case 'mask':
			return { ...nothingSaid, mask: decodeRle(prompt.mask), isGiven: true };
		case 'box': {
			const { x0, y0, x1, y1 } = prompt;
			const box = {
				x0: Math.max(0, x0),
				y0: Math.max(0, y0),
				x1: Math.min(picture.width, x1),
				y1: Math.min(picture.height, y1),
			};
			return { ...state, box, isGiven: false, mask: fromBox(cv, picture, box, state.seeds), candidates: [] };
		}
		case 'point':
		case 'stroke': {
			const seed = seedOf(prompt);
			const seeds = [...state.seeds, seed];
			if (state.mask !== null && maskBox(state.mask) !== null) {
				return { ...state, seeds, mask: corrected(cv, picture, state, seed), candidates: [] };
			}
			if (!seed.isPositive) {
				return { ...state, seeds };
			}
			const candidates = firstClick(cv, picture, seeds);
			return { ...state, seeds, mask: candidates[0]!.mask, candidates };
		}
	}
}

/** GrabCut inside the box: its middle is likelier the object than its corners, what is outside is not. */
function fromBox(cv: Cv, picture: RgbPicture, box: Box, seeds: readonly Seed[]): Mask {
	const window = windowAround(box, 0.35, picture);
	const size = workingSize(window, promptPixels);
	const labels = new Uint8Array(size.width * size.height);
	const inWindow = boxIn(box, window, size);
	const cx = (inWindow.x0 + inWindow.x1) / 2;
	const cy = (inWindow.y0 + inWindow.y1) / 2;
	const rx = Math.max(1, (inWindow.x1 - inWindow.x0) / 2);
	const ry = Math.max(1, (inWindow.y1 - inWindow.y0) / 2);
	for (let y = 0, at = 0; y < size.height; y++) {
		for (let x = 0; x < size.width; x++, at++) {
			const dx = (x + 0.5 - cx) / rx;
			const dy = (y + 0.5 - cy) / ry;
			if (Math.abs(dx) <= 1 && Math.abs(dy) <= 1) {
				labels[at] = dx * dx + dy * dy < 0.85 ? label.maybeInside : label.maybeOutside;
			}
		}
	}
	markSeeds(labels, seeds, window, size);
	const cut = grabCut(cv, cropPicture(picture, window), size, labels, 4);
	return finish(cv, picture, { window, size, cut, seeds, before: emptyMask(picture) });
}

/** A click or stroke on a mask: GrabCut around both. Without a box, only what is near the click changes. */
function corrected(cv: Cv, picture: RgbPicture, state: PromptState, seed: Seed): Mask {
	const mask = state.mask!;
	const seeds = [...state.seeds, seed];
	const seedBox = boxOf(seed);
	const around = unionBox(state.box ?? maskBox(mask), seedBox);
	const window = windowAround(around, 0.3, picture);
	const size = workingSize(window, promptPixels);
	const old = threshold(toWorkingMask(cv, cropMask(mask, window), size), 0.5);
	const labels = old.map((value) => (value === 1 ? label.maybeInside : label.maybeOutside));
	if (state.box !== null) {
		const box = boxIn(state.box, window, size);
		for (let y = 0, at = 0; y < size.height; y++) {
			for (let x = 0; x < size.width; x++, at++) {
				if (old[at] === 0 && (x < box.x0 || x >= box.x1 || y < box.y0 || y >= box.y1)) {
					labels[at] = label.outside;
				}
			}
		}
	}
	if (state.isGiven || state.box === null) {
		const reach = (state.isGiven ? 0.25 : 0.5) * Math.sqrt((around.x1 - around.x0) * (around.y1 - around.y0));
		const near = boxIn(
			{ x0: seedBox.x0 - reach, y0: seedBox.y0 - reach, x1: seedBox.x1 + reach, y1: seedBox.y1 + reach },
			window,
			size,
		);
		for (let y = 0, at = 0; y < size.height; y++) {
			for (let x = 0; x < size.width; x++, at++) {
				if (x < near.x0 || x >= near.x1 || y < near.y0 || y >= near.y1) {
					labels[at] = old[at] === 1 ? label.inside : label.outside;
				}
			}
		}
	}
	const crop = cropPicture(picture, window);
	turnAlike(cv, crop, { labels, seed, window, size });
	markSeeds(labels, seeds, window, size);
	const cut = grabCut(cv, crop, size, labels, 2);
	return finish(cv, picture, { window, size, cut, seeds, before: mask });
}

/** What looks like the seed's pixels and hangs together with them likely goes where they go, if they say so anew. */
function turnAlike(
	cv: Cv,
	crop: RgbPicture,
	of: { labels: Uint8Array; seed: Seed; window: Window; size: WorkingSize },
): void {
	const { labels, seed, window, size } = of;
	const wanted = seed.isPositive ? 1 : 0;
	const starts: number[] = [];
	visitSeed(seed, window, size, 1.5, (at) => {
		if ((labels[at]! & 1) !== wanted) {
			starts.push(at);
		}
	});
	const distances = geodesicDistance(toWorkingFrame(cv, crop, size), starts, alikeReach);
	for (let at = 0; at < labels.length; at++) {
		if (distances[at]! < alikeReach && labels[at]! >= label.maybeOutside) {
			labels[at] = seed.isPositive ? label.maybeInside : label.maybeOutside;
		}
	}
}

/** Working labels -> full size along the picture's edges -> every click obeyed. */
function finish(
	cv: Cv,
	picture: RgbPicture,
	of: { window: Window; size: WorkingSize; cut: Uint8Array; seeds: readonly Seed[]; before: Mask },
): Mask {
	const part = refine(cv, cropPicture(picture, of.window), of.size, of.cut);
	return obey(cv, picture, pasteMask(of.before, part, of.window), of.seeds);
}

function markSeeds(labels: Uint8Array, seeds: readonly Seed[], window: Window, size: WorkingSize): void {
	for (const seed of seeds) {
		visitSeed(seed, window, size, 2.5, (at) => {
			labels[at] = seed.isPositive ? label.inside : label.outside;
		});
	}
}

/** The box in pixels of the window drawn at `size`. */
function boxIn(box: Box, window: Window, size: WorkingSize): Box {
	const scaleX = size.width / window.width;
	const scaleY = size.height / window.height;
	return {
		x0: (box.x0 - window.left) * scaleX,
		y0: (box.y0 - window.top) * scaleY,
		x1: (box.x1 - window.left) * scaleX,
		y1: (box.y1 - window.top) * scaleY,
	};
}

function boxOf(seed: Seed): Box {
	const xs = seed.points.map((point) => point.x);
	const ys = seed.points.map((point) => point.y);
	const { radius } = seed;
	return {
		x0: Math.min(...xs) - radius,
		y0: Math.min(...ys) - radius,
		x1: Math.max(...xs) + radius,
		y1: Math.max(...ys) + radius,
	};
}
