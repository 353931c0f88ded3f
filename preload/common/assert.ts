/** Thrown for our own bugs, never for what a user or a file can cause (that is `StudioError`). */
export class AssertionError extends Error {
	override name = 'AssertionError';
}

export function assert(condition: unknown, message: string): asserts condition {
	if (!condition) {
		throw new AssertionError(message);
	}
}

/** The value, which our own code has made sure is there. */
export function present<T>(value: T | null | undefined, name: string): T {
	assert(value !== null && value !== undefined, `${name} is missing`);
	return value;
}

export function unreachable(value: never): never {
	throw new AssertionError(`unexpected value ${JSON.stringify(value)}`);
}
