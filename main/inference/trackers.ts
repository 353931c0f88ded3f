import { createBuiltinTracker } from '../../models/builtin/builtin-tracker.ts';
import type { Tracker } from '../../models/predict/tracker.ts';
import { type OpenSession, openSam2Tracker } from './open-sam2.ts';
import type { ModelSource } from './protocol.ts';

/** The child's models: each is made on its first use and kept. */
export class Trackers {
	readonly #made = new Map<string, Promise<Tracker>>();
	readonly #openSession: OpenSession | undefined;

	/** `openSession` stands in for ONNX Runtime's. */
	constructor(openSession?: OpenSession) {
		this.#openSession = openSession;
	}

	get(modelId: string, source: ModelSource): Promise<Tracker> {
		let tracker = this.#made.get(modelId);
		if (tracker === undefined) {
			tracker = createTracker(source, this.#openSession);
			this.#made.set(modelId, tracker);
			// A model that failed to load is tried anew: its file may be there by then.
			tracker.catch(() => this.#made.delete(modelId));
		}
		return tracker;
	}

	/** Lets go of a model that was removed or made anew; a run that still holds it ends first by itself. */
	forget(modelId: string): void {
		const tracker = this.#made.get(modelId);
		this.#made.delete(modelId);
		tracker?.then((made) => made.dispose()).catch(() => undefined);
	}
}

/** The seam for further kinds of model. */
async function createTracker(source: ModelSource, openSession: OpenSession | undefined): Promise<Tracker> {
	switch (source.kind) {
		case 'builtin':
			return createBuiltinTracker();
		case 'sam2':
			return openSam2Tracker({
				folder: source.folder,
				...(source.device ? { device: source.device } : {}),
				...(openSession ? { openSession } : {}),
				...holeOption(),
			});
	}
}

/**
 * Holes of up to this many low-resolution pixels are filled, as the reference does on CUDA; `MASKLET_HOLE_AREA` says
 * another number, 0 to compare with the reference on a CPU, which leaves them.
 */
function holeOption(): { fillHoleArea?: number } {
	const area = Number.parseInt(process.env.MASKLET_HOLE_AREA ?? '', 10);
	return Number.isNaN(area) ? {} : { fillHoleArea: area };
}
