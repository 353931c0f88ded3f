import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server does with one request; what is left out it does well. */
export type Behaviour = {
	/** Sends so many bytes of the body, then closes the connection. */
	breaksAfter?: number;
	/** Sends so many bytes of the body, then nothing until the other side goes or `release`. */
	waitsAfter?: number;
	status?: number;
	location?: string;
	ignoresRange?: boolean;
	/** Answers a range that was not asked for. */
	sendsPartFrom?: number;
	/** Says another length than the body has. */
	saysLength?: number;
	/** Neither ETag nor date. */
	hasNoVersion?: boolean;
	/** Says no length at all. */
	isChunked?: boolean;
};

export type Asked = { path: string; range: string | null; ifRange: string | null };

export type WeightsServer = {
	origin: string;
	url: string;
	bytes: Uint8Array;
	sha256: string;
	etag: string;
	/** For the next requests, in order. */
	behaviours: Behaviour[];
	/** Requests since the last `taken`. */
	taken: () => Asked[];
	/** Lets those that wait go on. */
	release: () => void;
	close: () => Promise<void>;
};

/** Serves one file on 127.0.0.1 as a web server does (ranges, ETag, If-Range), and badly where it is told to. */
export async function startWeightsServer(bytes: Uint8Array, fileName = 'weights.pt'): Promise<WeightsServer> {
	const asked: Asked[] = [];
	let releases: (() => void)[] = [];

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { range, 'if-range': ifRange } = request.headers;
		asked.push({ path: request.url!, range: range ?? null, ifRange: (ifRange as string | undefined) ?? null });
		const behaviour = server.behaviours.shift() ?? {};
		if (behaviour.status !== undefined) {
			response.writeHead(behaviour.status, behaviour.location === undefined ? {} : { location: behaviour.location });
			response.end('no weights here');
			return;
		}
		const version: Record<string, string> = behaviour.hasNoVersion ? {} : { etag: server.etag };
		const wanted = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
		const isSame = ifRange === undefined || ifRange === server.etag;
		const isPart = behaviour.sendsPartFrom !== undefined || (range !== undefined && isSame && !behaviour.ignoresRange);
		const from = isPart ? (behaviour.sendsPartFrom ?? wanted) : 0;
		const total = server.bytes.length;
		if (isPart && from >= total) {
			response.writeHead(416, { ...version, 'content-range': `bytes */${total}` });
			response.end();
			return;
		}
		const body = server.bytes.subarray(from);
		response.writeHead(isPart ? 206 : 200, {
			...version,
			...(behaviour.isChunked ? {} : { 'content-length': behaviour.saysLength ?? body.length }),
			...(isPart ? { 'content-range': `bytes ${from}-${total - 1}/${total}` } : {}),
		});
		const stop = behaviour.breaksAfter ?? behaviour.waitsAfter;
		if (stop === undefined) {
			response.end(body.subarray(0, behaviour.saysLength));
			if (behaviour.saysLength !== undefined && behaviour.saysLength > body.length) {
				response.destroy();
			}
			return;
		}
		await new Promise<void>((done) => response.write(body.subarray(0, stop), () => done()));
		if (behaviour.breaksAfter !== undefined) {
			response.destroy();
			return;
		}
		const released = new Promise<void>((done) => releases.push(done));
		await Promise.race([released, once(response, 'close')]);
		response.end(body.subarray(stop));
	}

	const http = createServer((request, response) => void answer(request, response));
	http.listen(0, '127.0.0.1');
	await once(http, 'listening');
	const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
	const server: WeightsServer = {
		origin,
		url: `${origin}/${fileName}`,
		bytes,
		sha256: sha256Of(bytes),
		etag: '"first"',
		behaviours: [],
		taken: () => asked.splice(0),
		release: () => {
			releases.forEach((go) => go());
			releases = [];
		},
		close: async () => {
			http.close();
			http.closeAllConnections();
			await once(http, 'close');
		},
	};
	return server;
}

export function sha256Of(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
