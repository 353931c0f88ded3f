import { createBirpc } from 'birpc';
import { isStudioError, StudioError } from '../common/studio-error.ts';
import type { Channel } from './channel.ts';
import { errorFromWire, internalError, wireError } from './wire-error.ts';
import type { Reply } from './wire-error.ts';

/** Answers one call; throws what the caller shall get. */
export type Answer = (method: string, input: unknown, signal: AbortSignal) => unknown;

export type LinkOptions = {
	/** Answers the other side's calls; left out, every call is `request.unknown`. */
	answer?: Answer;
	/** Takes the other side's notices. */
	onNotice?: (name: string, payload: unknown) => void;
	/** Told of every error of `answer` that is not a `StudioError`, stack and all: the log. */
	onInternalError?: (method: string, error: unknown) => void;
};

/** Calls, cancels and notices in both directions over one channel. */
export type Link = {
	/** Rejects with a `StudioError` alone. An abort rejects at once and tells the other side to stop. */
	call(method: string, input?: unknown, options?: { signal?: AbortSignal | undefined }): Promise<unknown>;
	/** Tells without waiting for an answer; does nothing on a closed channel. */
	notify(name: string, payload: unknown): void;
	/** The listener is called once, at once where the link is closed already; returns how to stop. */
	onClose(listener: () => void): () => void;
	readonly isClosed: boolean;
	close(): void;
};

type Functions = {
	call(callId: number, method: string, input?: unknown): Promise<Reply>;
	cancel(callId: number): void;
	notice(name: string, payload: unknown): void;
};

const functionNames = ['call', 'cancel', 'notice'];

export function openLink(channel: Channel, options: LinkOptions = {}): Link {
	const running = new Map<number, AbortController>();
	const closeListeners = new Set<() => void>();
	let isClosed = false;
	let nextCallId = 1;

	const local: Functions = {
		async call(callId, method, input) {
			const controller = new AbortController();
			running.set(callId, controller);
			try {
				if (!options.answer) {
					throw new StudioError('request.unknown', { method });
				}
				return { value: await options.answer(method, input, controller.signal) };
			} catch (error) {
				return { error: wireError(errorToSend(method, error, controller.signal)) };
			} finally {
				running.delete(callId);
			}
		},
		cancel(callId) {
			running.get(callId)?.abort(new StudioError('request.cancelled'));
		},
		notice(name, payload) {
			options.onNotice?.(name, payload);
		},
	};

	function errorToSend(method: string, error: unknown, signal: AbortSignal): unknown {
		if (isStudioError(error)) {
			return error;
		}
		if (signal.aborted) {
			return new StudioError('request.cancelled');
		}
		options.onInternalError?.(method, error);
		return error;
	}

	const rpc = createBirpc<Functions, Functions, false>(local, {
		post: (message) => {
			if (!isClosed) {
				channel.post(message);
			}
		},
		on: (receive) => channel.listen((message) => isMessage(message) && receive(message)),
		bind: 'functions',
		proxify: false,
		timeout: -1,
		onGeneralError: (error, functionName, args) => {
			// Without a name it is our own call that could not be sent: its caller gets the error.
			if (functionName === undefined) {
				return false;
			}
			options.onInternalError?.(String(args?.[1] ?? functionName), error);
			return true;
		},
	});

	channel.onClose(() => {
		if (isClosed) {
			return;
		}
		isClosed = true;
		rpc.$rejectPendingCalls(({ reject }) => reject(new StudioError('request.closed')));
		rpc.$close();
		running.forEach((controller) => controller.abort(new StudioError('request.closed')));
		closeListeners.forEach((listener) => listener());
		closeListeners.clear();
	});

	async function call(method: string, input: unknown, signal: AbortSignal | undefined): Promise<unknown> {
		if (isClosed) {
			throw new StudioError('request.closed');
		}
		if (signal?.aborted) {
			throw new StudioError('request.cancelled');
		}
		const callId = nextCallId++;
		const reply = rpc.$call(
			'call',
			...((input === undefined ? [callId, method] : [callId, method, input]) as [number, string]),
		);
		const { value, error } = await orAborted(reply, signal, () => void rpc.$callEvent('cancel', callId));
		if (error) {
			throw errorFromWire(error);
		}
		return value;
	}

	return {
		async call(method, input, { signal } = {}) {
			try {
				return await call(method, input, signal);
			} catch (error) {
				throw isStudioError(error) ? error : internalError(error);
			}
		},
		notify(name, payload) {
			if (!isClosed) {
				rpc.$callEvent('notice', name, payload).catch((error) => options.onInternalError?.(name, error));
			}
		},
		onClose(listener) {
			if (isClosed) {
				listener();
				return () => {};
			}
			closeListeners.add(listener);
			return () => closeListeners.delete(listener);
		},
		get isClosed() {
			return isClosed;
		},
		close: () => channel.close(),
	};
}

/** birpc trusts what it receives; a channel's other end may be anything. */
function isMessage(message: unknown): boolean {
	if (typeof message !== 'object' || message === null) {
		return false;
	}
	const { t: type, m: name, a: args } = message as { t?: unknown; m?: unknown; a?: unknown };
	return type === 's' || (type === 'q' && functionNames.includes(name as string) && Array.isArray(args));
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined, onAbort: () => void): Promise<T> {
	if (!signal) {
		return promise;
	}
	const { promise: aborted, reject } = Promise.withResolvers<never>();
	const abort = () => {
		onAbort();
		reject(new StudioError('request.cancelled'));
	};
	signal.addEventListener('abort', abort, { once: true });
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		signal.removeEventListener('abort', abort);
	}
}
