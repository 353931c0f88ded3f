import { collectBlobs, type Store } from '../../store/index.ts';
import type { Log } from '../context.ts';

/** Lets a project open and the first work be done before anything is tidied. */
const DELAY_MILLIS = 5_000;

export type Tidying = { stop: () => Promise<void> };

/**
 * Deletes masks that nothing speaks of any more (of dropped passes, of prompts whose mask was made anew), in small
 * steps beside the work, once a project is open for a while.
 */
export function startTidying(store: Store, log: Log): Tidying {
	const controller = new AbortController();
	let working: Promise<void> = Promise.resolve();
	const timer = setTimeout(() => {
		working = collectBlobs(store, { signal: controller.signal }).then(
			({ blobCount, sizeBytes }) => log.debug({ blobCount, sizeBytes }, 'masks that nothing used were deleted'),
			(error: unknown) => {
				if (!controller.signal.aborted) {
					log.warn({ error }, 'tidying the project failed; it is tried again when it is opened');
				}
			},
		);
	}, DELAY_MILLIS);
	if (store.isReadOnly) {
		clearTimeout(timer);
	}
	return {
		stop: async () => {
			clearTimeout(timer);
			controller.abort(new DOMException('the project is closing', 'AbortError'));
			await working;
		},
	};
}
