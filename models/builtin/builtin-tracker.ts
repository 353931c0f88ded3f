import type { RgbPicture } from '../../preload/common/picture.ts';
import type { CreateSession } from '../predict/session.ts';
import type { PromptRequest, PromptResult, TrackedMask, Tracker, TrackRequest } from '../predict/tracker.ts';
import { BuiltinNetwork } from './network.ts';
import { loadOpenCv, type Cv } from './opencv.ts';
import type { PromptState } from './prompt.ts';
import { Replay } from './replay.ts';
import { track } from './track.ts';
import { emptyMask } from './window.ts';

/**
 * The model that ships with the product: GrabCut and geodesic distances make the first mask, a small network of our own
 * (`training/`) carries it. Blocks its thread for up to about 200 ms at a time and lets the event loop turn in between,
 * so it belongs into a process of its own. `createSession` loads the graphs that the product brings.
 */
export async function createBuiltinTracker(createSession: CreateSession): Promise<Tracker> {
	return new BuiltinTracker(await loadOpenCv(), new BuiltinNetwork(createSession));
}

class BuiltinTracker implements Tracker {
	readonly #cv: Cv;

	readonly #network: BuiltinNetwork;

	readonly #replay: Replay;

	constructor(cv: Cv, network: BuiltinNetwork) {
		this.#cv = cv;
		this.#network = network;
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
		return track({ cv: this.#cv, network: this.#network }, request, signal);
	}

	/** Nothing of a picture is worth making ahead: a first click costs its GrabCut, which needs the click. */
	async prepare(_picture: RgbPicture, _pictureKey: string, signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
	}

	dispose(): Promise<void> {
		return this.#network.dispose();
	}
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
