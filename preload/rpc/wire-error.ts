import { isErrorCode, isStudioError, StudioError } from '../common/studio-error.ts';

/** An error as it crosses a channel: never a stack. */
export type WireError = { code: string; message: string; data: unknown };

/** What a call's reply holds. */
export type Reply = { value?: unknown; error?: WireError };

/** A `StudioError` as it is; anything else as `request.internal`, whose details only the log gets. */
export function wireError(error: unknown): WireError {
	const studioError = isStudioError(error) ? error : internalError(error);
	return { code: studioError.code, message: studioError.message, data: studioError.data };
}

/** The error on the calling side, with the sentence that the other side wrote. */
export function errorFromWire(wire: WireError): StudioError {
	if (!isErrorCode(wire.code)) {
		return new StudioError('request.internal', { reason: wire.message });
	}
	// The code says which data it has; both sides are built from the one catalogue.
	const error = new StudioError(wire.code as 'request.internal', (wire.data ?? {}) as { reason: string });
	error.message = wire.message;
	return error;
}

export function internalError(error: unknown): StudioError {
	return new StudioError(
		'request.internal',
		{ reason: error instanceof Error ? error.message : String(error) },
		{ cause: error },
	);
}
