import type { z } from 'zod';
import { StudioError } from '../common/studio-error.ts';
import { contract } from '../contract/index.ts';
import type { AnyMethod } from '../contract/define.ts';
import { jobStarted } from '../contract/define.ts';
import type { EventName, Events } from '../contract/events.ts';
import type { Channel } from './channel.ts';
import type { CallContext, Handlers } from './handlers.ts';
import { openLink } from './link.ts';

export type ServeOptions = {
	/** Subscribes to the service's events; returns how to stop. */
	onEvent?: (listener: (event: ServedEvent) => void) => () => void;
	/** Told of errors that are our own bugs, stack and all. */
	onInternalError?: (method: string, error: unknown) => void;
	/** Checks outputs against the contract too; for tests. */
	isStrict?: boolean;
};

export type ServedEvent = { [K in EventName]: { name: K; payload: Events[K] } }[EventName];

/** How to end serving: aborts running calls and closes the channel. */
export type Served = { close(): void; onClose(listener: () => void): () => void };

type AnyHandler = (input: unknown, context: CallContext) => unknown;

/** Serves the contract to one client. The handlers get validated input only. */
export function serveContract(channel: Channel, handlers: Handlers, options: ServeOptions = {}): Served {
	const link = openLink(channel, {
		answer: async (name, rawInput, signal) => {
			const { method, handler } = lookUp(name, handlers);
			const input = parsedInput(name, method, rawInput);
			const output = await handler(input, { signal });
			return options.isStrict ? checkedOutput(method, output) : output;
		},
		...(options.onInternalError ? { onInternalError: options.onInternalError } : {}),
	});
	const stop = options.onEvent?.((event) => link.notify(event.name, event.payload));
	link.onClose(() => stop?.());
	return { close: () => link.close(), onClose: (listener) => link.onClose(listener) };
}

function lookUp(name: string, handlers: Handlers): { method: AnyMethod; handler: AnyHandler } {
	const [service = '', methodName = '', ...rest] = String(name).split('.');
	const definition = ownValue<Record<string, AnyMethod>>(contract, service);
	const method = ownValue<AnyMethod>(definition, methodName);
	const handler = ownValue<AnyHandler>(ownValue<object>(handlers, service), methodName);
	if (!method || !handler || rest.length > 0) {
		throw new StudioError('request.unknown', { method: String(name) });
	}
	return { method, handler };
}

function ownValue<T>(record: object | undefined, key: string): T | undefined {
	return record && Object.hasOwn(record, key) ? (record as Record<string, T>)[key] : undefined;
}

function parsedInput(name: string, method: AnyMethod, input: unknown): unknown {
	const parsed = method.input.safeParse(input);
	if (!parsed.success) {
		throw new StudioError('request.invalid', { method: name, reason: reasonOf(parsed.error) });
	}
	return parsed.data;
}

/** One line: the first three issues with the place of each. */
function reasonOf(error: z.ZodError): string {
	const reasons = error.issues.slice(0, 3).map((issue) => {
		const place = issue.path.join('.');
		return place ? `${place}: ${issue.message}` : issue.message;
	});
	const more = error.issues.length - reasons.length;
	return reasons.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function checkedOutput(method: AnyMethod, output: unknown): unknown {
	const schema: z.ZodType = method.kind === 'job' ? jobStarted : method.output;
	return schema.parse(output);
}
