import { contract } from '../contract/index.ts';
import type { Client } from '../contract/index.ts';
import type { EventName, Events } from '../contract/events.ts';
import type { Channel } from './channel.ts';
import { openLink } from './link.ts';

/** The contract as functions, and the service's events. */
export type ConnectedClient = Client & {
	/** Returns how to stop. */
	on<K extends EventName>(name: K, listener: (payload: Events[K]) => void): () => void;
	/** The service is gone: every open call was rejected with `request.closed`. Returns how to stop. */
	onClose(listener: () => void): () => void;
	close(): void;
};

/** Calls reject with a `StudioError` alone; an aborted `signal` rejects at once and stops the work on the other side. */
export function createClient(channel: Channel): ConnectedClient {
	const listeners = new Map<string, Set<(payload: never) => void>>();
	const link = openLink(channel, {
		onNotice: (name, payload) => listeners.get(name)?.forEach((listener) => listener(payload as never)),
	});
	const services = Object.entries(contract).map(([service, methods]) => {
		const callers = Object.keys(methods).map((method) => {
			const caller = (input?: unknown, options?: { signal?: AbortSignal }) =>
				link.call(`${service}.${method}`, input, options);
			return [method, caller];
		});
		return [service, Object.fromEntries(callers)];
	});
	return {
		...(Object.fromEntries(services) as Client),
		on(name, listener) {
			const ofName = listeners.get(name) ?? new Set();
			listeners.set(name, ofName);
			ofName.add(listener);
			return () => ofName.delete(listener);
		},
		onClose: (listener) => link.onClose(listener),
		close: () => link.close(),
	};
}
