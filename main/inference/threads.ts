import { availableParallelism } from 'node:os';

/** Every core of a small machine; of a larger one half, which is what most have beside their second threads. */
export function threadsHere(): number {
	const parallelism = availableParallelism();
	return parallelism <= 4 ? parallelism : Math.max(4, Math.ceil(parallelism / 2));
}
