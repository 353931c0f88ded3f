import { StridedTracker } from '../../models/predict/strided-tracker.ts';
import type { Tracker } from '../../models/predict/tracker.ts';
import { openBuiltinTracker } from './open-builtin.ts';
import { type OpenSam2Options, type OpenSession, openSam2Tracker } from './open-sam2.ts';
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
			return openBuiltinTracker();
		case 'sam2':
			return openSam2({ ...optionsOf(source), ...(openSession ? { openSession } : {}), ...fromEnvironment() });
	}
}

async function openSam2(options: OpenSam2Options): Promise<Tracker> {
	const tracker = await openSam2Tracker(options);
	return (options.stride ?? 1) > 1 ? new StridedTracker(tracker, await openBuiltinTracker()) : tracker;
}

function optionsOf({ kind: _kind, ...options }: Extract<ModelSource, { kind: 'sam2' }>): OpenSam2Options {
	return options;
}

/**
 * `MASKLET_FEATURE_MEMORY`: MiB of frames' features in memory. To compare with the reference on a CPU:
 * `MASKLET_HOLE_AREA=0` leaves holes that are filled otherwise (of up to as many low-resolution pixels as it says),
 * `MASKLET_FEATURES=single` does not round features.
 */
function fromEnvironment(): Pick<OpenSam2Options, 'fillHoleArea' | 'featurePrecision' | 'featureCacheBytes'> {
	const area = Number.parseInt(process.env.MASKLET_HOLE_AREA ?? '', 10);
	const mebibytes = Number.parseInt(process.env.MASKLET_FEATURE_MEMORY ?? '', 10);
	return {
		...(Number.isNaN(area) ? {} : { fillHoleArea: area }),
		...(Number.isNaN(mebibytes) ? {} : { featureCacheBytes: Math.max(0, mebibytes) * 2 ** 20 }),
		...(process.env.MASKLET_FEATURES === 'single' ? { featurePrecision: 'single' } : {}),
	};
}
