import type { RgbPicture } from '../../preload/common/picture.ts';
import type { PromptRequest, PromptResult, TrackedMask, Tracker, TrackRequest } from '../predict/tracker.ts';
import { loadOpenCv, type Cv } from './opencv.ts';
import type { PromptState } from './prompt.ts';
import { Replay } from './replay.ts';
import { track } from './track.ts';
import { emptyMask } from './window.ts';

/**
 * The model that needs no weights: optical flow, colour models and edge-aware filters. Blocks its thread for up to
 * about 200 ms at a time and lets the event loop turn in between, so it belongs into a process of its own.
 */
export async function createBuiltinTracker(): Promise<Tracker> {
	const cv = await loadOpenCv();
	return new BuiltinTracker(cv);
}

class BuiltinTracker implements Tracker {
	readonly #cv: Cv;

	readonly #replay: Replay;

	constructor(cv: Cv) {
		this.#cv = cv;
		this.#replay = new Replay(cv);
	}

	async prompt(request: PromptRequest, signal: AbortSignal): Promise<PromptResult> {
		const { picture, pictureKey, prompts } = request;
		const state = await this.#replay.run(picture, pictureKey, prompts, signal);
		const mask = state.mask ?? emptyMask(picture);
		const predictedIou = promptIou(state);
		const objectScore = mask.data.includes(1) ? 4 : -4;
		return { mask, scores: { predictedIou, objectScore, stability: null }, candidates: [...state.candidates] };
	}

	track(request: TrackRequest, signal: AbortSignal): AsyncGenerator<TrackedMask, void, void> {
		return track(this.#cv, request, signal);
	}

	/** Nothing of a picture is worth making ahead: a first click costs its GrabCut, which needs the click. */
	async prepare(_picture: RgbPicture, _pictureKey: string, signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
	}

	async dispose(): Promise<void> {}
}

/** What clicks and boxes reached on real pictures, on the average; a mask that was given is taken as right. */
function promptIou(state: PromptState): number {
	if (state.mask === null || !state.mask.data.includes(1)) {
		return 0;
	}
	if (state.candidates.length > 0) {
		return state.candidates[0]!.predictedIou;
	}
	if (state.isGiven) {
		return 0.95;
	}
	return Math.min(0.85, (state.box === null ? 0.45 : 0.65) + 0.03 * state.seeds.length);
}
