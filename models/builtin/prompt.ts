import type { Box } from '../../preload/common/geometry.ts';
import type { Mask, RgbPicture } from '../../preload/common/picture.ts';
import type { Prompt } from '../../preload/common/prompt.ts';
import { decodeRle } from '../../preload/common/rle.ts';
import { maskFromLogits } from '../predict/logits.ts';
import type { Candidate } from '../predict/tracker.ts';
import { breathe } from './breathe.ts';
import { changedNear } from './local-change.ts';
import type { BuiltinNetwork } from './network.ts';
import { promptedSize, toPlanes } from './working-frame.ts';
import { obey } from './obey.ts';
import type { Cv } from './opencv.ts';
import { sigmoid } from './planes.ts';
import { promptMaps } from './prompt-maps.ts';
import { toWorkingMask } from './resize-plane.ts';
import { boxOf, seedIn, seedOf, type Seed } from './seeds.ts';
import { cropMask, cropPicture, emptyMask, maskBox, pasteMask, unionBox, windowAround, type Window } from './window.ts';

/** What is looked at around the object, as a share of its size, on every side. */
const margin = 0.35;
/** IoU that a given mask is believed to have. */
const givenIou = 0.95;
/**
 * A first click is seen in the whole picture and in parts of it: a thing, or a part of a thing. The larger is meant more
 * often, so the smaller has to be the surer.
 */
const firstLooks = [
	{ share: 1, prior: 1 },
	{ share: 0.5, prior: 0.94 },
	{ share: 0.25, prior: 0.82 },
] as const;

export type PromptTools = { cv: Cv; network: BuiltinNetwork };

/** What has been said so far, and the mask that it gave. */
export type PromptState = {
	/** Null before anything was said that a mask can be made from. */
	mask: Mask | null;
	predictedIou: number;
	/** A mask that was given (or propagated) is right but for the clicks that follow: they correct it near by. */
	isGiven: boolean;
	box: Box | null;
	seeds: readonly Seed[];
	/** Best first; after a first click alone. */
	candidates: readonly Candidate[];
};

export const nothingSaid: PromptState = {
	mask: null,
	predictedIou: 0,
	isGiven: false,
	box: null,
	seeds: [],
	candidates: [],
};

/** The state after one more prompt: a pure function of the picture, the state before, and the prompt. */
export async function say(
	tools: PromptTools,
	picture: RgbPicture,
	state: PromptState,
	prompt: Prompt,
	signal: AbortSignal,
): Promise<PromptState> {
	await breathe(signal);
	switch (prompt.kind) {
		case 'mask': {
			const mask = decodeRle(prompt.mask);
			return { ...nothingSaid, mask, isGiven: true, predictedIou: mask.data.includes(1) ? givenIou : 0 };
		}
		case 'box': {
			const box = {
				x0: Math.max(0, prompt.x0),
				y0: Math.max(0, prompt.y0),
				x1: Math.min(picture.width, prompt.x1),
				y1: Math.min(picture.height, prompt.y1),
			};
			const said = { ...state, mask: null, box, isGiven: false, candidates: [] };
			return { ...said, ...(await looked(tools, picture, said, windowOf(box, said.seeds, picture), signal)) };
		}
		case 'point':
		case 'stroke': {
			const said = { ...state, seeds: [...state.seeds, seedOf(prompt)], candidates: [] };
			if (maskBoxOf(state) !== null) {
				return corrected(tools, picture, said, signal);
			}
			return said.seeds.some((seed) => seed.isPositive) ? firstClick(tools, picture, said, signal) : said;
		}
	}
}

/** A click or stroke on a mask. What it changes on a mask that was given hangs together with it. */
async function corrected(
	tools: PromptTools,
	picture: RgbPicture,
	said: PromptState,
	signal: AbortSignal,
): Promise<PromptState> {
	const old = said.mask!;
	const box = unionBox(said.box, maskBoxOf(said)!);
	const window = windowOf(box, said.seeds, picture);
	const found = await looked(tools, picture, said, window, signal);
	if (!said.isGiven) {
		return { ...said, ...found };
	}
	const seed = said.seeds.at(-1)!;
	const part = changedNear(tools.cv, cropMask(old, window), cropMask(found.mask, window), seedIn(seed, window));
	const mask = obey(tools.cv, picture, pasteMask(old, part, window), said.seeds);
	return { ...said, mask, predictedIou: found.predictedIou };
}

/** A first click without a box may mean a large thing or a small one: each is looked at, and again where it is. */
async function firstClick(
	tools: PromptTools,
	picture: RgbPicture,
	said: PromptState,
	signal: AbortSignal,
): Promise<PromptState> {
	const found: { candidate: Candidate; rank: number }[] = [];
	for (const { share, prior } of firstLooks) {
		await breathe(signal);
		const far = await looked(tools, picture, said, shareAround(said.seeds, share, picture), signal);
		const box = maskBox(far.mask);
		if (box === null) {
			continue;
		}
		await breathe(signal);
		const window = windowOf(box, said.seeds, picture);
		const candidate = await looked(tools, picture, { ...said, mask: far.mask }, window, signal);
		found.push({ candidate, rank: prior * candidate.predictedIou });
	}
	const candidates = found.sort((one, other) => other.rank - one.rank).map(({ candidate }) => candidate);
	const [best] = candidates;
	return best === undefined ? { ...said, mask: emptyMask(picture) } : { ...said, ...best, candidates };
}

/** The mask of all that was said, from what is seen in a window; outside of it the mask before stays. */
async function looked(
	tools: PromptTools,
	picture: RgbPicture,
	said: PromptState,
	window: Window,
	signal: AbortSignal,
): Promise<Candidate> {
	const { cv, network } = tools;
	const frame = toPlanes(cv, cropPicture(picture, window), promptedSize(window));
	const before = said.mask === null ? null : toWorkingMask(cv, cropMask(said.mask, window), frame);
	const maps = promptMaps(frame, window, { seeds: said.seeds, box: said.box, before });
	const { logits, iouLogit } = await network.prompt(frame, maps, signal);
	const part = maskFromLogits(logits, frame, window);
	const whole = pasteMask(said.mask ?? emptyMask(picture), part, window);
	return { mask: obey(cv, picture, whole, said.seeds), predictedIou: sigmoid(iouLogit) };
}

/** What is around the object and all that was said. */
function windowOf(box: Box, seeds: readonly Seed[], size: { width: number; height: number }): Window {
	const all = seeds.reduce((union, seed) => unionBox(union, boxOf(seed)), box);
	return windowAround(all, margin, size);
}

/** A part of the picture, of its aspect, with what was said in the middle as far as there is room. */
function shareAround(seeds: readonly Seed[], share: number, size: { width: number; height: number }): Window {
	const all = seeds.reduce<Box | null>((union, seed) => unionBox(union, boxOf(seed)), null)!;
	const place = (low: number, high: number, whole: number) => {
		const edge = Math.min(whole, Math.ceil(Math.max(share * whole, 1.2 * (high - low))));
		const start = Math.max(0, Math.min(whole - edge, Math.round((low + high - edge) / 2)));
		return [start, edge] as const;
	};
	const [left, width] = place(all.x0, all.x1, size.width);
	const [top, height] = place(all.y0, all.y1, size.height);
	return { left, top, width, height };
}

function maskBoxOf({ mask }: PromptState): Box | null {
	return mask === null ? null : maskBox(mask);
}
