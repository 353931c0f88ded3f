/**
 * Runs work one after the other, in the order it was asked for. Opening a project takes the writer's place: of two that
 * open at once, the second would find it taken by its own studio.
 */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
	let last: Promise<unknown> = Promise.resolve();
	return (work) => {
		const result = last.then(work);
		last = result.catch(() => undefined);
		return result;
	};
}
