import { StudioError, isErrorCode, isStudioError, type ErrorCode } from '../../preload/common/studio-error.ts';
import type { ErrorEnvelope, Outcome } from './protocol.ts';

/** Thrown in place of the signal's reason, which does not cross. */
export function abortError(): Error {
	return new DOMException('The task was cancelled', 'AbortError');
}

/** Runs a step and packs what came of it; structured clone would drop an error's code and data. */
export async function outcomeOf<T>(signal: AbortSignal, step: () => Promise<T>): Promise<Outcome<T>> {
	try {
		return { isOk: true, value: await step() };
	} catch (error) {
		return { isOk: false, error: signal.aborted ? { kind: 'aborted' } : envelope(error) };
	}
}

export function unpack<T>(outcome: Outcome<T>): T {
	if (outcome.isOk) {
		return outcome.value;
	}
	throw unsealed(outcome.error);
}

function envelope(error: unknown): ErrorEnvelope {
	if (isStudioError(error)) {
		return { kind: 'studio', code: error.code, data: error.data };
	}
	if (error instanceof Error) {
		return error.name === 'AbortError'
			? { kind: 'aborted' }
			: { kind: 'defect', message: error.message, stack: error.stack ?? '' };
	}
	// OpenCV throws the address of its exception.
	return { kind: 'defect', message: `thrown value ${String(error)}`, stack: '' };
}

function unsealed(error: ErrorEnvelope): Error {
	if (error.kind === 'aborted') {
		return abortError();
	}
	if (error.kind === 'studio' && isErrorCode(error.code)) {
		const Made = StudioError as new (code: ErrorCode, data: unknown) => StudioError;
		return new Made(error.code, error.data);
	}
	const defect = new Error(error.kind === 'defect' ? error.message : `unknown error code ${error.code}`);
	if (error.kind === 'defect' && error.stack !== '') {
		defect.stack = `${defect.message}\n(in the inference process) ${error.stack}`;
	}
	return defect;
}
