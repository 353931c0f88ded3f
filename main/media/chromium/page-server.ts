import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve, sep } from 'node:path';
import { WebSocketServer } from 'ws';
import type { Channel } from '../../../preload/rpc/channel.ts';
import { createCodec } from '../../../preload/rpc/codec.ts';
import { websocketChannel, type WebSocketLike } from '../../../preload/rpc/websocket-channel.ts';

export type PageServer = { url: string; channel: Promise<Channel>; close: () => void };

/**
 * Serves the built decoder page to the one browser that was started for it, on 127.0.0.1, and takes its WebSocket. Both
 * ask for a token that only that browser gets; the socket is taken once. Messages full of pictures come as requests
 * instead: what a browser sends over a WebSocket is masked, and to unmask it costs this thread three times as much.
 */
export async function servePage(pageFolder: string): Promise<PageServer> {
	const token = randomBytes(24).toString('base64url');
	const isTokenOf = (request: IncomingMessage) => {
		const given = Buffer.from(urlOf(request).searchParams.get('token') ?? '');
		return given.length === token.length && timingSafeEqual(given, Buffer.from(token));
	};
	const codec = createCodec();
	let deliver: (message: unknown) => void = () => {};
	const server = createServer((request, response) => {
		const { pathname } = urlOf(request);
		if ((request.method !== 'GET' || pathname.endsWith('.html')) && !isTokenOf(request)) {
			response.writeHead(403).end();
		} else if (request.method === 'POST' && pathname === '/decoder') {
			void readBody(request).then(
				(body) => {
					response.writeHead(204).end();
					deliver(codec.decode(body));
				},
				() => response.destroy(),
			);
		} else {
			void sendFile(pageFolder, request, response);
		}
	});
	const sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 30, perMessageDeflate: false });
	const channel = new Promise<Channel>((resolve) => {
		let isTaken = false;
		server.on('upgrade', (request, socket, head) => {
			if (isTaken || urlOf(request).pathname !== '/decoder' || !isTokenOf(request)) {
				return socket.destroy();
			}
			isTaken = true;
			sockets.handleUpgrade(request, socket, head, (accepted) => {
				const channel = websocketChannel(accepted as unknown as WebSocketLike);
				resolve({
					...channel,
					listen(listener) {
						deliver = listener;
						channel.listen(listener);
					},
				});
			});
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/decoder/decoder.html?token=${token}`,
		channel,
		close() {
			for (const socket of sockets.clients) {
				socket.terminate();
			}
			server.close();
			server.closeAllConnections();
		},
	};
}

function urlOf(request: IncomingMessage): URL {
	return new URL(request.url ?? '/', 'http://127.0.0.1');
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
	const body = new Uint8Array(Number(request.headers['content-length']));
	let offset = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		body.set(chunk, offset);
		offset += chunk.length;
	}
	return body;
}

const contentTypes: { [extension: string]: string } = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.wasm': 'application/wasm',
};

async function sendFile(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const path = join(resolve(folder), decodeURIComponent(urlOf(request).pathname));
	try {
		if (!path.startsWith(resolve(folder) + sep)) {
			throw new Error('outside');
		}
		const bytes = await readFile(path);
		response.writeHead(200, {
			'content-type': contentTypes[extname(path)] ?? 'application/octet-stream',
			// Cross-origin isolation: the ProRes decoder then shares its memory between threads.
			'cross-origin-opener-policy': 'same-origin',
			'cross-origin-embedder-policy': 'require-corp',
			'cache-control': 'no-store',
		});
		response.end(bytes);
	} catch {
		response.writeHead(404).end();
	}
}
