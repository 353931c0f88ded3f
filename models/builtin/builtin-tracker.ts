import type { RgbPicture } from '../../preload/common/picture.ts';
import type { CreateSession } from '../predict/session.ts';
import type { PromptRequest, PromptResult, TrackedMask, Tracker, TrackRequest } from '../predict/tracker.ts';
import { BuiltinNetwork } from './network.ts';
import { loadOpenCv, type Cv } from './opencv.ts';
import { Replay } from './replay.ts';
import { track } from './track.ts';
import { emptyMask } from './window.ts';

/**
 * The model that ships with the product: small networks of our own (`training/`) make the first mask and carry it. Blocks its thread for up to about 200 ms at a time and lets the event loop turn in between,
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
		this.#replay = new Replay({ cv, network });
	}

	async prompt(request: PromptRequest, signal: AbortSignal): Promise<PromptResult> {
		const { picture, pictureKey, prompts } = request;
		const state = await this.#replay.run(picture, pictureKey, prompts, signal);
		const mask = state.mask ?? emptyMask(picture);
		const isSeen = mask.data.includes(1);
		const predictedIou = isSeen ? state.predictedIou : 0;
		const objectScore = isSeen ? 4 : -4;
		return { mask, scores: { predictedIou, objectScore, stability: null }, candidates: [...state.candidates] };
	}

	track(request: TrackRequest, signal: AbortSignal): AsyncGenerator<TrackedMask, void, void> {
		return track({ cv: this.#cv, network: this.#network }, request, signal);
	}

	/** Nothing of a picture is worth making ahead: the network for first masks sees prompts and colours together. */
	async prepare(_picture: RgbPicture, _pictureKey: string, signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
	}

	dispose(): Promise<void> {
		return this.#network.dispose();
	}
}
