import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { mainPortChannel } from '../../main/hosts/electron/port-channel.ts';
import { startLoopbackServer } from '../../main/hosts/loopback/server.ts';
import { createNodeServices } from '../../main/hosts/shared/node-services.ts';
import { findProduct } from '../../main/hosts/shared/product.ts';
import type { Services } from '../../main/services/index.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import { createClient } from '../../preload/rpc/client.ts';
import type { ConnectedClient } from '../../preload/rpc/client.ts';
import { inProcessChannels } from '../../preload/rpc/in-process-channel.ts';
import { messagePortChannel } from '../../preload/rpc/message-port-channel.ts';
import type { PortLike } from '../../preload/rpc/message-port-channel.ts';
import { serveContract } from '../../preload/rpc/server.ts';
import { websocketChannel } from '../../preload/rpc/websocket-channel.ts';
import type { WebSocketLike } from '../../preload/rpc/websocket-channel.ts';
import { MessageChannelMain } from './electron-stand-in/ports.ts';

export type OpenHost = {
	client: ConnectedClient;
	services: Services;
	folder: string;
	/** Errors of our own that the host would log. */
	internalErrors: string[];
	close(): Promise<void>;
};

type Serving = { channel: Channel; close: () => Promise<void> };
type ServeOptions = { isStrict: true; onInternalError: (method: string, error: unknown) => void };

/** How each host puts a client in touch with the services. */
export const hosts: Record<string, (services: Services, options: ServeOptions) => Promise<Serving> | Serving> = {
	'in process': (services, options) => {
		const [near, far] = inProcessChannels();
		serveContract(far, services.handlers, { ...options, onEvent: services.onEvent });
		return { channel: near, close: async () => near.close() };
	},
	loopback: async (services, options) => {
		const server = await startLoopbackServer({ ...options, services, rendererFolder: tmpdir(), version: 'test' });
		const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, {
			headers: { cookie: `masklet_${server.port}=${server.token}` },
		});
		return { channel: websocketChannel(socket as unknown as WebSocketLike), close: () => server.close() };
	},
	'message port': (services, options) => {
		const { port1, port2 } = new MessageChannelMain();
		const channel = mainPortChannel(port1 as never);
		serveContract(channel, services.handlers, { ...options, onEvent: services.onEvent });
		return { channel: messagePortChannel(port2.port as unknown as PortLike), close: async () => channel.close() };
	},
};

/** The real services behind a host, in a folder of their own; `samplePath` stands in for the sample clip. */
export async function openHost(name: string, options: { samplePath: string }): Promise<OpenHost> {
	const folder = mkdtempSync(join(tmpdir(), 'masklet-host-'));
	const internalErrors: string[] = [];
	const report = (method: string, error: unknown): void => {
		internalErrors.push(`${method}: ${error instanceof Error ? error.stack : String(error)}`);
	};
	const services = createNodeServices({
		host: {
			kind: 'electron',
			version: '1.2.3',
			platform: 'linux',
			hasDialogs: true,
			hasDropPaths: true,
			documentsFolder: folder,
			pick: async ({ kind }) => [join(folder, kind)],
			reveal: async () => {},
		},
		// Nobody listens there, and tests ask no other network.
		nvidiaFeedUrl: 'http://127.0.0.1:9/index.json',
		product: { ...findProduct(), samplePath: options.samplePath },
		folders: { data: join(folder, 'data'), cache: join(folder, 'cache'), documents: folder },
		log: {
			error: (data, message) => report(message ?? 'log', (data as { error?: unknown }).error ?? data),
			warn: () => {},
			info: () => {},
			debug: () => {},
		},
	});
	const serving = await hosts[name]!(services, { isStrict: true, onInternalError: report });
	const client = createClient(serving.channel);
	return {
		client,
		services,
		folder,
		internalErrors,
		async close() {
			client.close();
			await serving.close();
			await services.close();
			rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}
