import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { browserCommand, tunnelCommand } from '../../../main/hosts/loopback/browser.ts';
import { findRunningHost } from '../../../main/hosts/loopback/running-host.ts';
import { runLoopback } from '../../../main/hosts/loopback/run.ts';
import { startLoopbackServer } from '../../../main/hosts/loopback/server.ts';
import type { LoopbackServer } from '../../../main/hosts/loopback/server.ts';
import type { Services } from '../../../main/services/index.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import { createClient } from '../../../preload/rpc/client.ts';
import { websocketChannel } from '../../../preload/rpc/websocket-channel.ts';
import type { WebSocketLike } from '../../../preload/rpc/websocket-channel.ts';

let folder = '';
let server: LoopbackServer | undefined;
let uploads: { name: string; bytes: Buffer }[] = [];
let isClosed = false;

const services = {
	handlers: { project: { current: () => null } },
	onEvent: () => () => {},
	async picture(videoId: number, frameIndex: number, { maxSide }: { maxSide?: number }) {
		if (videoId !== 1) {
			throw new StudioError('project.videoUnknown', { videoId });
		}
		return { bytes: Uint8Array.of(videoId, frameIndex, maxSide ?? 0), mimeType: 'image/jpeg' };
	},
	async playbackSource(videoId: number) {
		return videoId === 1 ? { path: join(folder, 'clip.mp4'), mimeType: 'video/mp4' } : null;
	},
	async acceptUpload(name: string, body: AsyncIterable<Uint8Array>) {
		const chunks: Uint8Array[] = [];
		for await (const chunk of body) {
			chunks.push(chunk);
		}
		uploads.push({ name, bytes: Buffer.concat(chunks) });
		return `/media/${name}`;
	},
	async close() {
		isClosed = true;
	},
} as unknown as Services;

const internalErrors: unknown[] = [];
const onInternalError = (method: string, error: unknown): void => void internalErrors.push([method, error]);

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'masklet-loopback-'));
	uploads = [];
	isClosed = false;
	await mkdir(join(folder, 'renderer', 'assets'), { recursive: true });
	await writeFile(join(folder, 'renderer', 'index.html'), '<title>Masklet</title>');
	await writeFile(join(folder, 'renderer', 'assets', 'app-1.js'), 'export {}');
	await writeFile(join(folder, 'secret.txt'), 'secret');
	await writeFile(join(folder, 'clip.mp4'), Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256)));
});

afterEach(async () => {
	await server?.close();
	server = undefined;
	await rm(folder, { recursive: true, force: true });
	expect(internalErrors).toEqual([]);
});

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };

/** Sends what `fetch` would tidy up: any `Host`, any path. */
async function send(
	port: number,
	path: string,
	options: { method?: string; headers?: Record<string, string>; body?: Buffer } = {},
): Promise<Answer> {
	const { method = 'GET', headers = {}, body } = options;
	const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false });
	request.end(body);
	const [response] = await once(request, 'response');
	const chunks: Buffer[] = [];
	for await (const chunk of response) {
		chunks.push(chunk as Buffer);
	}
	return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

test('a person with the token gets in, anyone else does not', async () => {
	server = await startLoopbackServer({
		services,
		rendererFolder: join(folder, 'renderer'),
		version: '1.2.3',
		onInternalError,
	});
	const { port, token } = server;
	expect(server.address).toBe(`http://127.0.0.1:${port}/?token=${token}`);
	expect((await send(port, '/')).status).toBe(403);
	expect((await send(port, '/?token=guess')).status).toBe(403);
	expect((await send(port, '/frame/1/0.jpg', { headers: { cookie: `masklet_${port}=guess` } })).status).toBe(403);

	const first = await send(port, `/?token=${token}`);
	expect(first.status).toBe(303);
	expect(first.headers.location).toBe('/');
	expect(first.headers['set-cookie']).toEqual([`masklet_${port}=${token}; HttpOnly; SameSite=Strict; Path=/`]);
	const cookie = `other=1; masklet_${port}=${token}`;
	const page = await send(port, '/', { headers: { cookie } });
	expect(page.status).toBe(200);
	expect(page.body.toString()).toBe('<title>Masklet</title>');
	expect(page.headers).toMatchObject({
		'content-type': 'text/html; charset=utf-8',
		'content-security-policy': expect.stringContaining("default-src 'self'"),
		'x-content-type-options': 'nosniff',
		'x-frame-options': 'DENY',
	});

	// A page that has its name point here, and pages of other ports and sites.
	const refused: Record<string, string>[] = [
		{ host: `evil.example:${port}` },
		{ host: `127.0.0.1.evil.example:${port}` },
		{ origin: 'https://evil.example' },
		{ origin: 'http://127.0.0.1:1' },
		{ origin: 'null' },
		{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
		{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
	];
	for (const headers of refused) {
		expect([headers, (await send(port, '/frame/1/0.jpg', { headers: { cookie, ...headers } })).status]).toEqual([
			headers,
			403,
		]);
		const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { cookie, ...headers } });
		const [error] = (await once(socket, 'error')) as [Error];
		expect(error.message).toBe('Unexpected server response: 403');
	}
	expect((await send(port, '/', { headers: { cookie, host: `localhost:9999` } })).status).toBe(200);

	const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, {
		headers: { cookie, origin: `http://127.0.0.1:${port}` },
	});
	const client = createClient(websocketChannel(socket as unknown as WebSocketLike));
	expect(await client.project.current()).toBeNull();
	const closed = Promise.withResolvers<void>();
	client.onClose(closed.resolve);
	await server.close();
	await closed.promise;
	server = undefined;
});

test('frames, playback by ranges, uploads and pages, and nothing outside of them', async () => {
	server = await startLoopbackServer({
		services,
		rendererFolder: join(folder, 'renderer'),
		version: '1.2.3',
		onInternalError,
	});
	const { port, token } = server;
	const headers = { cookie: `masklet_${port}=${token}` };
	const get = (path: string, more: Record<string, string> = {}) =>
		send(port, path, { headers: { ...headers, ...more } });

	const frame = await get('/frame/1/42.jpg?maxSide=128');
	expect([frame.status, frame.headers['content-type'], [...frame.body]]).toEqual([200, 'image/jpeg', [1, 42, 128]]);
	expect((await get('/frame/1/0.jpg?maxSide=-1')).status).toBe(400);
	const missing = await get('/frame/2/0.jpg');
	expect([missing.status, JSON.parse(missing.body.toString())]).toEqual([
		404,
		{ code: 'project.videoUnknown', message: 'The project has no video 2' },
	]);

	const whole = await get('/playback/1');
	expect([whole.status, whole.body.length, whole.headers['accept-ranges']]).toEqual([200, 1000, 'bytes']);
	const ranges: [string, number, string | undefined, number][] = [
		['bytes=0-9', 206, 'bytes 0-9/1000', 10],
		['bytes=990-', 206, 'bytes 990-999/1000', 10],
		['bytes=-1', 206, 'bytes 999-999/1000', 1],
		['bytes=-5000', 206, 'bytes 0-999/1000', 1000],
		['bytes=999-5000', 206, 'bytes 999-999/1000', 1],
		['bytes=1000-', 416, 'bytes */1000', 0],
		['bytes=-0', 416, 'bytes */1000', 0],
		['bytes=9-1', 200, undefined, 1000],
		['bytes=0-1,5-6', 200, undefined, 1000],
		['items=0-1', 200, undefined, 1000],
	];
	for (const [range, ...expected] of ranges) {
		const part = await get('/playback/1', { range });
		expect([range, part.status, part.headers['content-range'], part.body.length]).toEqual([range, ...expected]);
	}
	expect([...(await get('/playback/1', { range: 'bytes=300-302' })).body]).toEqual([44, 45, 46]);
	expect((await get('/playback/2')).status).toBe(404);

	expect((await get('/assets/app-1.js')).headers).toMatchObject({
		'content-type': 'text/javascript; charset=utf-8',
		'cache-control': 'private, max-age=31536000, immutable',
	});
	for (const path of [
		'/../secret.txt',
		'/%2e%2e/secret.txt',
		'/..%2fsecret.txt',
		'/assets/..%5c..%5csecret.txt',
		'/%00',
		'/%',
		'/none.js',
		'/assets',
	]) {
		expect([path, (await get(path)).status]).toEqual([path, 404]);
	}
	expect(JSON.parse((await get('/health')).body.toString())).toEqual({ product: 'masklet', version: '1.2.3' });

	const body = Buffer.alloc(3_000_000, 7);
	const names: [string, string][] = [
		['clip%20one.mp4', 'clip one.mp4'],
		['..%2f..%2fetc%2fpasswd', 'passwd'],
		['..%5cboot.ini', 'boot.ini'],
		['.hidden%00.mp4', 'hidden_.mp4'],
		['CON.mp4', '_CON.mp4'],
		['%C3%BC.mp4', 'ü.mp4'],
	];
	for (const [encoded, name] of names) {
		const answer = await send(port, `/upload/${encoded}`, { method: 'POST', headers, body });
		expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([201, { path: `/media/${name}` }]);
	}
	expect(uploads.map(({ name, bytes }) => [name, bytes.equals(body)])).toEqual(names.map(([, name]) => [name, true]));
	expect((await send(port, '/upload/..', { method: 'POST', headers, body })).status).not.toBe(201);
	expect((await send(port, '/upload/%2e%2e', { method: 'POST', headers, body })).status).not.toBe(201);
	expect((await send(port, '/upload/a.mp4', { method: 'POST', body })).status).toBe(403);
	expect((await send(port, '/', { method: 'DELETE', headers })).status).toBe(405);
	expect((await send(port, '/playback/1', { method: 'HEAD', headers })).body.length).toBe(0);
});

test('a second start finds the first, a stale note of one is ignored', async () => {
	const lines: string[] = [];
	let opened = 0;
	const options = {
		words: ['--reason', 'there is no window', '--no-open'],
		version: '1.2.3',
		rendererFolder: join(folder, 'renderer'),
		dataFolder: join(folder, 'data'),
		openServices: () => {
			opened++;
			return services;
		},
		environment: {},
		platform: 'linux',
		print: (line: string) => void lines.push(line),
		onInternalError,
	};
	await mkdir(options.dataFolder, { recursive: true });
	await writeFile(join(options.dataFolder, 'loopback.json'), JSON.stringify({ pid: 1, port: 1, token: 'old' }));
	const first = await runLoopback(options);
	expect(lines).toEqual([
		'Masklet opens in the browser because there is no window',
		`Open in a browser           ${first?.server.address}`,
		'Ctrl-C ends it; what is saved stays saved',
	]);
	lines.length = 0;
	expect(await runLoopback(options)).toBeNull();
	expect(lines).toEqual(['Masklet is running already', `Open in a browser           ${first?.server.address}`]);
	expect(opened).toBe(1);
	await first?.close();
	expect(isClosed).toBe(true);
	expect(await findRunningHost(options.dataFolder)).toBeNull();
});

test('the address is shown to whom can use it', () => {
	const address = 'http://127.0.0.1:4000/?token=t';
	const ssh = { SSH_CONNECTION: '10.0.0.2 50000 10.0.0.9 22', USER: 'ada', DISPLAY: ':0' };
	expect(browserCommand(address, {}, 'linux')).toBeNull();
	expect(browserCommand(address, { DISPLAY: ':0' }, 'linux')).toEqual(['xdg-open', [address]]);
	expect(browserCommand(address, {}, 'darwin')).toEqual(['open', [address]]);
	expect(browserCommand(address, ssh, 'linux')).toBeNull();
	expect(tunnelCommand(4000, ssh)).toBe('ssh -N -L 4000:127.0.0.1:4000 ada@10.0.0.9');
	expect(tunnelCommand(4000, { SSH_CONNECTION: '10.0.0.2 50000 10.0.0.9 2222' })).toBe(
		'ssh -N -L 4000:127.0.0.1:4000 -p 2222 10.0.0.9',
	);
	expect(tunnelCommand(4000, {})).toBeNull();
});
