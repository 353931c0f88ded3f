import type { RgbPicture } from '../../preload/common/picture.ts';
import type { PromptRequest, PromptResult, TrackedMask, Tracker, TrackRequest } from '../predict/tracker.ts';
import { loadOpenCv, type Cv } from './opencv.ts';
import { track } from './track.ts';

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

	constructor(cv: Cv) {
		this.#cv = cv;
	}

	async prompt(request: PromptRequest, signal: AbortSignal): Promise<PromptResult> {
		throw new Error(`${request.pictureKey} ${signal.aborted}`);
	}

	track(request: TrackRequest, signal: AbortSignal): AsyncGenerator<TrackedMask, void, void> {
		return track(this.#cv, request, signal);
	}

	async prepare(_picture: RgbPicture, _pictureKey: string, signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
	}

	async dispose(): Promise<void> {}
}
