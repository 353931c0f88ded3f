import { createBuiltinTracker } from '../../models/builtin/builtin-tracker.ts';
import type { Tracker } from '../../models/predict/tracker.ts';
import { openSam2Tracker } from './open-sam2.ts';
import type { ModelSource } from './protocol.ts';

/** The child's models: each is made on its first use and kept. */
export class Trackers {
	readonly #made = new Map<string, Promise<Tracker>>();

	get(modelId: string, source: ModelSource): Promise<Tracker> {
		let tracker = this.#made.get(modelId);
		if (tracker === undefined) {
			tracker = createTracker(source);
			this.#made.set(modelId, tracker);
			// A model that failed to load is tried anew: its file may be there by then.
			tracker.catch(() => this.#made.delete(modelId));
		}
		return tracker;
	}
}

/** The seam for further kinds of model. */
async function createTracker(source: ModelSource): Promise<Tracker> {
	switch (source.kind) {
		case 'builtin':
			return createBuiltinTracker();
		case 'sam2':
			return openSam2Tracker({ folder: source.folder });
	}
}
