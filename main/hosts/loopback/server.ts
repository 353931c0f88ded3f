import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeWebStream } from 'node:stream/web';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { serveContract } from '../../../preload/rpc/server.ts';
import { websocketChannel } from '../../../preload/rpc/websocket-channel.ts';
import type { WebSocketLike } from '../../../preload/rpc/websocket-channel.ts';
import type { Services } from '../../services/index.ts';
import { securityHeaders } from '../shared/security-headers.ts';
import { createWebApp } from '../shared/web-app.ts';
import type { WebApp } from '../shared/web-app.ts';
import { createAccess, urlOf } from './access.ts';
import type { Access } from './access.ts';

export type LoopbackOptions = {
	services: Services;
	/** The built pages: `out/renderer`. */
	rendererFolder: string;
	version: string;
	/** 0, the default, takes any free one. */
	port?: number;
	onInternalError: (method: string, error: unknown) => void;
	/** Checks outputs against the contract too; for tests. */
	isStrict?: boolean;
};

export type LoopbackServer = {
	port: number;
	token: string;
	/** What a person opens: it has the token. */
	address: string;
	/** Ends connections, not the services. */
	close(): Promise<void>;
};

/** A client that reads slower than the service tells is dropped at this many bytes; it connects again by itself. */
const longestBacklogBytes = 256 * 2 ** 20;
const longestMessageBytes = 256 * 2 ** 20;

/** Serves the studio on 127.0.0.1 to whom has the token: pages, frames, playback, uploads and the contract at `/rpc`. */
export async function startLoopbackServer(options: LoopbackOptions): Promise<LoopbackServer> {
	const token = randomBytes(24).toString('base64url');
	let port = 0;
	const access = createAccess(token, () => port);
	const app = createWebApp({ ...options, takesUploads: true });
	const server = createServer((request, response) => {
		respond(request, response, { access, app, version: options.version }).catch((error: unknown) => {
			options.onInternalError(`${request.method} ${request.url}`, error);
			response.destroy();
		});
	});
	// An upload lasts as long as it lasts.
	server.requestTimeout = 0;
	const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessageBytes, perMessageDeflate: false });
	server.on('upgrade', (request, socket, head) => {
		if (access.refusal(request) !== null || urlOf(request)?.pathname !== '/rpc') {
			socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
			return;
		}
		sockets.handleUpgrade(request, socket, head, (accepted) => serveSocket(accepted, options));
	});
	server.listen(options.port ?? 0, '127.0.0.1');
	await once(server, 'listening');
	port = (server.address() as AddressInfo).port;
	return {
		port,
		token,
		address: `http://127.0.0.1:${port}/?token=${token}`,
		async close() {
			sockets.clients.forEach((socket) => socket.close(goingAway));
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			server.closeAllConnections();
			sockets.clients.forEach((socket) => socket.terminate());
			await closed;
		},
	};
}

/** WebSocket close code 1001 (RFC 6455, 7.4.1). */
const goingAway = 1001;

function serveSocket(socket: WebSocket, { services, onInternalError, isStrict = false }: LoopbackOptions): void {
	serveContract(websocketChannel(socket as unknown as WebSocketLike), services.handlers, {
		isStrict,
		onInternalError,
		onEvent: (listener) =>
			services.onEvent((event) => {
				if (socket.bufferedAmount > longestBacklogBytes) {
					socket.terminate();
				} else {
					listener(event);
				}
			}),
	});
}

type Serving = { access: Access; app: WebApp; version: string };

async function respond(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
	const { access, app, version } = serving;
	const refusal = access.refusal(request);
	const url = urlOf(request);
	if (refusal !== null || !url) {
		refuse(response, refusal);
		return;
	}
	if (url.pathname === '/health') {
		await send(response, Response.json({ product: 'masklet', version }));
		return;
	}
	if (request.method === 'GET' && url.pathname === '/' && access.hasTokenInQuery(request)) {
		// The token leaves the address bar and the history at once.
		response.writeHead(303, {
			...securityHeaders,
			'set-cookie': access.cookie,
			location: '/',
			'cache-control': 'no-store',
		});
		response.end();
		return;
	}
	const controller = new AbortController();
	response.once('close', () => controller.abort());
	const answer = await app(webRequest(request, url, controller.signal));
	await send(response, answer);
}

function refuse(response: ServerResponse, refusal: 'host' | 'origin' | 'token' | null): void {
	const why =
		refusal === 'token'
			? 'This Masklet was not opened by its address with the token. Use the address that npm start printed'
			: 'Masklet answers only its own pages on this machine. Use the address that npm start printed';
	response.writeHead(403, {
		...securityHeaders,
		'content-type': 'text/plain; charset=utf-8',
		'cache-control': 'no-store',
	});
	response.end(`${why}\n`);
}

function webRequest(request: IncomingMessage, url: URL, signal: AbortSignal): Request {
	const headers = new Headers();
	for (const [name, value] of Object.entries(request.headers)) {
		headers.set(name, Array.isArray(value) ? value.join(', ') : (value ?? ''));
	}
	const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
	return new Request(url, {
		method: request.method ?? 'GET',
		headers,
		signal,
		...(hasBody ? { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' } : {}),
	});
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
	response.writeHead(answer.status, Object.fromEntries(answer.headers));
	if (!answer.body) {
		response.end();
		return;
	}
	try {
		await pipeline(Readable.fromWeb(answer.body as NodeWebStream<Uint8Array>), response);
	} catch {
		// The reader went away, as players do at every seek; its stream is closed by the pipeline.
	}
}
