import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work may hold the thread before others get a turn. */
const turnMillis = 12;

/** Returns a function to await in every step of a long loop: stops on abort and lets others run now and then. */
export function createPace(signal?: AbortSignal): () => Promise<void> | void {
	let turnEndMillis = performance.now() + turnMillis;
	return () => {
		signal?.throwIfAborted();
		if (performance.now() < turnEndMillis) {
			return;
		}
		return nextTurn().then(() => {
			turnEndMillis = performance.now() + turnMillis;
			signal?.throwIfAborted();
		});
	};
}
