import { isStudioError } from '../../../preload/common/studio-error.ts';

/** Exit codes of the command line. */
export const exitCodes = { done: 0, failed: 1, usage: 2, cancelled: 130 } as const;

/**
 * Where a command's words go: results on standard output (one JSON value with `--json`), everything else on standard
 * error, so that a pipe gets the result alone.
 */
export type Output = {
	isJson: boolean;
	/** A result was given; an error after it adds no second JSON value. */
	readonly hasResult: boolean;
	/** The result: `data` with `--json`, else `text`. */
	result: (data: unknown, text: string) => void;
	note: (sentence: string) => void;
	warn: (sentence: string) => void;
};

export function createOutput(isJson: boolean): Output {
	let hasResult = false;
	return {
		isJson,
		get hasResult() {
			return hasResult;
		},
		result: (data, text) => {
			hasResult = true;
			process.stdout.write(isJson ? `${JSON.stringify(data)}\n` : `${text}\n`);
		},
		note: (sentence) => {
			if (!isJson) {
				process.stderr.write(`${sentence}\n`);
			}
		},
		warn: (sentence) => {
			process.stderr.write(`warning: ${sentence}\n`);
		},
	};
}

/** Says an error once and returns the exit code for it. */
export function reportError(error: unknown, output: Output): number {
	const isCancelled = isStudioError(error, 'request.cancelled');
	if (output.isJson && !output.hasResult) {
		const { code, message, data } = isStudioError(error)
			? error
			: { code: 'request.internal', message: String(error), data: null };
		process.stdout.write(`${JSON.stringify({ error: { code, message, data } })}\n`);
	}
	if (isStudioError(error)) {
		process.stderr.write(`${isCancelled ? '' : 'error: '}${error.message}\n`);
	} else {
		process.stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
	}
	return isCancelled ? exitCodes.cancelled : exitCodes.failed;
}
