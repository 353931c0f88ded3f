import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import { WebSocket, WebSocketServer } from 'ws';
import { afterEach, describe, expect, test } from 'vitest';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { Channel } from '../../../preload/rpc/channel.ts';
import { createClient } from '../../../preload/rpc/client.ts';
import type { Handlers } from '../../../preload/rpc/handlers.ts';
import { inProcessChannels } from '../../../preload/rpc/in-process-channel.ts';
import { openLink } from '../../../preload/rpc/link.ts';
import { messagePortChannel } from '../../../preload/rpc/message-port-channel.ts';
import type { PortLike } from '../../../preload/rpc/message-port-channel.ts';
import { serveContract } from '../../../preload/rpc/server.ts';
import type { ServedEvent } from '../../../preload/rpc/server.ts';
import { websocketChannel } from '../../../preload/rpc/websocket-channel.ts';
import type { WebSocketLike } from '../../../preload/rpc/websocket-channel.ts';

const releases: (() => unknown)[] = [];
afterEach(async () => {
	for (const release of releases.splice(0).reverse()) {
		await release();
	}
});

async function sockets(): Promise<{ client: WebSocket; server: Promise<WebSocket> }> {
	const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
	releases.push(() => {
		server.clients.forEach((socket) => socket.terminate());
		return new Promise((resolve) => server.close(resolve));
	});
	await once(server, 'listening');
	const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
	return { client, server: once(server, 'connection').then(([socket]) => socket as WebSocket) };
}

async function webSocketPair(): Promise<[Channel, Channel]> {
	const { client, server } = await sockets();
	// Made while connecting: what is posted before the socket is open waits.
	const clientChannel = websocketChannel(client as unknown as WebSocketLike);
	return [clientChannel, websocketChannel((await server) as unknown as WebSocketLike)];
}

const transports: Record<string, () => Promise<[Channel, Channel]> | [Channel, Channel]> = {
	'in process': inProcessChannels,
	'message port': () => {
		const { port1, port2 } = new MessageChannel();
		return [messagePortChannel(port1 as unknown as PortLike), messagePortChannel(port2 as unknown as PortLike)];
	},
	'web socket': webSocketPair,
};

describe.each(Object.entries(transports))('the contract over %s', (_name, open) => {
	test('serves calls, errors, aborts and events, and ends cleanly', async () => {
		const [near, far] = await open();
		const internalErrors: [string, string][] = [];
		const eventListeners = new Set<(event: ServedEvent) => void>();
		const removed: unknown[] = [];
		const aborted = Promise.withResolvers<string>();
		const started = Promise.withResolvers<void>();
		const handlers = {
			video: {
				index: ({ videoId }: { videoId: number }) => ({ ptsSeconds: Float64Array.of(0, 1 / 3, videoId) }),
				list: () => Promise.reject(new RangeError('a bug of ours')),
				remove: (input: unknown) => {
					removed.push(input);
					return null;
				},
			},
			track: {
				create: (input: unknown) => {
					throw new StudioError('project.videoUnknown', input as { videoId: number });
				},
				propagate: (input: unknown) => {
					expect(input).toEqual({ videoId: 7, direction: 'both' });
					return { jobId: 1 };
				},
				lane: () => ({ trackId: 1, revision: 2, kinds: 'not bytes', flags: Uint8Array.of(), ious: Uint8Array.of() }),
				list: (_input: unknown, { signal }: { signal: AbortSignal }) =>
					new Promise((_resolve, reject) => {
						signal.addEventListener('abort', () => {
							aborted.resolve((signal.reason as StudioError).code);
							reject(signal.reason as Error);
						});
						started.resolve();
					}),
				dropPass: () => new Promise(() => {}),
			},
			annotate: { paint: (input: { area: Uint8Array }) => ({ editId: input.area.length, revision: input.area[2] }) },
			project: { current: (input: unknown) => (input === undefined ? null : 'an input out of nothing') },
		} as unknown as Handlers;
		const served = serveContract(far, handlers, {
			isStrict: true,
			onEvent: (listener) => {
				eventListeners.add(listener);
				return () => eventListeners.delete(listener);
			},
			onInternalError: (method, error) => internalErrors.push([method, String((error as Error).message).slice(0, 13)]),
		});
		const client = createClient(near);

		expect(await client.video.index({ videoId: 3 })).toEqual({ ptsSeconds: Float64Array.of(0, 1 / 3, 3) });
		expect(await client.track.propagate({ videoId: 7 })).toEqual({ jobId: 1 });
		expect(await client.project.current()).toBeNull();
		const area = new Uint8Array(100_000).fill(9);
		expect(await client.annotate.paint({ trackId: 1, frameIndex: 0, area, isErasing: false })).toEqual({
			editId: 100_000,
			revision: 9,
		});

		const invalid = await client.video.remove({ videoId: -1 }).catch((error: unknown) => error);
		expect(invalid).toBeInstanceOf(StudioError);
		expect(invalid).toMatchObject({
			code: 'request.invalid',
			data: { method: 'video.remove', reason: 'videoId: Too small: expected number to be >0' },
		});
		expect(removed).toEqual([]);
		const unknown = await client.track.create({ videoId: 5 }).catch((error: unknown) => error);
		expect(unknown).toMatchObject({
			code: 'project.videoUnknown',
			message: 'The project has no video 5',
			data: { videoId: 5 },
		});
		await expect(client.host.info()).rejects.toMatchObject({ code: 'request.unknown', data: { method: 'host.info' } });
		await expect(client.video.list()).rejects.toMatchObject({
			code: 'request.internal',
			data: { reason: 'a bug of ours' },
		});
		await expect(client.track.lane({ trackId: 1 })).rejects.toMatchObject({ code: 'request.internal' });
		expect(internalErrors).toEqual([
			['video.list', 'a bug of ours'],
			['track.lane', expect.any(String)],
		]);

		const controller = new AbortController();
		const call = client.track.list({ videoId: 1 }, { signal: controller.signal });
		await started.promise;
		controller.abort();
		await expect(call).rejects.toMatchObject({ code: 'request.cancelled' });
		expect(await aborted.promise).toBe('request.cancelled');
		await expect(client.track.list({ videoId: 1 }, { signal: controller.signal })).rejects.toMatchObject({
			code: 'request.cancelled',
		});

		const seen = Promise.withResolvers<unknown>();
		const stopListening = client.on('run.frames', seen.resolve);
		client.on('warning', () => expect.unreachable('an event of another name'));
		const frames = {
			jobId: 1,
			videoId: 1,
			trackId: 1,
			frameIndexes: Int32Array.of(-1, 2 ** 31 - 1),
			kinds: Uint8Array.of(1, 2),
			flags: Uint8Array.of(0, 0),
			ious: Uint8Array.of(255, 254),
		};
		eventListeners.forEach((listener) => listener({ name: 'run.frames', payload: frames }));
		expect(await seen.promise).toEqual(frames);
		stopListening();

		const pending = client.track.dropPass({ passId: 1 });
		const closed = Promise.withResolvers<void>();
		client.onClose(closed.resolve);
		served.close();
		await expect(pending).rejects.toMatchObject({ code: 'request.closed' });
		await closed.promise;
		await expect(client.project.current()).rejects.toMatchObject({ code: 'request.closed' });
		expect(eventListeners.size).toBe(0);
	});

	test('a client that goes away aborts what it asked for', async () => {
		const [near, far] = await open();
		const started = Promise.withResolvers<AbortSignal>();
		const ended = Promise.withResolvers<void>();
		const serving = openLink(far, {
			answer: (_method, _input, signal) => {
				started.resolve(signal);
				return new Promise(() => {});
			},
		});
		serving.onClose(ended.resolve);
		const link = openLink(near);
		const call = link.call('anything').catch((error: StudioError) => error.code);
		const signal = await started.promise;
		link.close();
		expect(await call).toBe('request.closed');
		await ended.promise;
		expect(signal.reason).toMatchObject({ code: 'request.closed' });
		expect(serving.isClosed).toBe(true);
	});
});

test('what is no message of ours is ignored or ends the connection, and never reaches a function', async () => {
	const [near, far] = inProcessChannels();
	const link = openLink(far, { answer: () => 'answered' });
	const replies: unknown[] = [];
	near.listen((message) => replies.push(message));
	for (const message of [
		null,
		7,
		'text',
		{},
		{ t: 'q', m: 'toString', a: [], i: 'x' },
		{ t: 'q', m: 'call', a: 'args' },
	]) {
		near.post(message);
	}
	near.post({ t: 'q', m: 'call', a: [1, 'any.method'], i: 'last' });
	await expect.poll(() => replies).toEqual([{ t: 's', i: 'last', r: { value: 'answered' } }]);
	link.close();

	for (const junk of ['text', Uint8Array.of(0xc1)]) {
		const { client, server } = await sockets();
		const opened = once(client, 'open');
		openLink(websocketChannel((await server) as unknown as WebSocketLike), { answer: () => 'answered' });
		await opened;
		client.send(junk);
		const [code] = (await once(client, 'close')) as [number];
		expect(code).toBe(1003);
	}
});
