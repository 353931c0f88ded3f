import {
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHttpGet } from '../../../main/hosts/shared/http-get.ts';
import { checkAddress } from '../../../main/services/model/catalogue.ts';
import {
	download,
	type DownloadProgress,
	type DownloadRequest,
} from '../../../main/services/model/download/download.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import { type Behaviour, sha256Of, startWeightsServer, type WeightsServer } from './weights-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'masklet-download-'));
const size = 3_000_000;
const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 255);
const path = join(folder, 'weights.pt');
const { signal } = new AbortController();
let server: WeightsServer;

beforeEach(async () => {
	server = await startWeightsServer(bytes);
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await server.close();
	readdirSync(folder).forEach((name) => rmSync(join(folder, name), { recursive: true }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shares: DownloadProgress[] = [];
/** Tries twice more, at once; nothing waits. */
function get(change: Partial<DownloadRequest> = {}): Promise<{ sizeBytes: number; sha256: string }> {
	shares.length = 0;
	return download({
		url: server.url,
		path,
		sizeBytes: { expected: size, atLeast: 0.9 * size, atMost: 1.1 * size },
		checkAddress: (url) => checkAddress(url, { allowsLoopback: true }),
		httpGet: createHttpGet(),
		now: () => performance.now(),
		retryMillis: [0, 0],
		signal,
		onProgress: (progress) => shares.push(progress),
		...change,
	});
}

/** Leaves the first megabyte of a download. */
async function leaveHalf(behaviour: Behaviour = {}): Promise<void> {
	server.behaviours = [{ waitsAfter: 1_000_000, ...behaviour }];
	const abort = new AbortController();
	const onProgress = ({ receivedBytes }: DownloadProgress) => receivedBytes === 1_000_000 && abort.abort();
	await expect(get({ signal: abort.signal, onProgress })).rejects.toThrow('aborted');
	expect(readFileSync(`${path}.part`)).toEqual(Buffer.from(bytes.subarray(0, 1_000_000)));
	server.taken();
}

const whole = (served: WeightsServer) => ({ sizeBytes: served.bytes.length, sha256: served.sha256 });
const ranges = () => server.taken().map(({ range, ifRange }) => [range, ifRange]);

test('a file comes whole, with its checksum and its progress, and nothing else is left', async () => {
	expect(await get()).toEqual(whole(server));
	expect(sha256Of(readFileSync(path))).toBe(server.sha256);
	expect(readdirSync(folder)).toEqual(['weights.pt']);
	expect(shares[0]).toMatchObject({ receivedBytes: 0, totalBytes: size });
	expect(shares.at(-1)).toMatchObject({ receivedBytes: size, totalBytes: size });
	// Nothing is said of its length: it is taken as it comes.
	rmSync(path);
	server.behaviours = [{ isChunked: true }];
	expect(await get()).toEqual(whole(server));
});

test('a connection that breaks is gone on with, by range, of the same version alone', async () => {
	server.behaviours = [{ breaksAfter: 1_000_000 }, { breaksAfter: 500_000 }];
	const retries: string[] = [];
	expect(await get({ onRetry: (reason) => retries.push(reason) })).toEqual(whole(server));
	const [first, second, third] = server.taken();
	expect(first).toEqual({ path: '/weights.pt', range: null, ifRange: null });
	expect([second!.ifRange, third!.ifRange]).toEqual(['"first"', '"first"']);
	const startOf = (range: string | null) => Number(/^bytes=(\d+)-$/.exec(range!)![1]);
	expect(startOf(second!.range)).toBeLessThanOrEqual(1_000_000);
	expect(startOf(third!.range)).toBeGreaterThan(startOf(second!.range));
	expect(retries).toHaveLength(2);
});

test('a cancelled download is kept, over a restart too, and what a power cut took is fetched again', async () => {
	await leaveHalf();
	expect(readdirSync(folder).sort()).toEqual(['weights.pt.part', 'weights.pt.part.json']);
	expect(JSON.parse(readFileSync(`${path}.part.json`, 'utf8'))).toEqual({
		url: server.url,
		validator: '"first"',
		totalBytes: size,
		receivedBytes: 1_000_000,
	});
	// The disk kept less than was noted.
	truncateSync(`${path}.part`, 900_000);
	expect(await get()).toEqual(whole(server));
	expect(ranges()).toEqual([['bytes=900000-', '"first"']]);
	expect(shares[0]!.receivedBytes).toBe(900_000);
	expect(sha256Of(readFileSync(path))).toBe(server.sha256);
	expect(readdirSync(folder)).toEqual(['weights.pt']);
});

test.each([
	[
		'another version is there now',
		() => ((server.etag = '"second"'), (server.bytes = bytes.map((byte) => byte ^ 1))),
		{},
	],
	['the server knows no ranges', () => {}, { ignoresRange: true }],
	['the server sends another part', () => {}, { sendsPartFrom: 5 }],
])('%s: it starts over and never joins two files', async (_what, change, behaviour) => {
	server.behaviours = [{ breaksAfter: 1_000_000 }];
	await expect(get({ retryMillis: [] })).rejects.toMatchObject({ code: 'model.brokenOff' });
	change();
	const served = { ...whole(server), sha256: sha256Of(server.bytes) };
	server.behaviours = [behaviour];
	expect(await get()).toEqual(served);
	expect(sha256Of(readFileSync(path))).toBe(served.sha256);
});

test('a file without a version is fetched from its start again; one of another address too', async () => {
	await leaveHalf({ hasNoVersion: true });
	expect(await get()).toEqual(whole(server));
	rmSync(path);
	await leaveHalf();
	expect(await get({ url: `${server.origin}/other.pt` })).toEqual(whole(server));
	expect(ranges()).toEqual([[null, null]]);
});

test('a server that says nothing is given up in a sentence, and the rest can be had later', async () => {
	const httpGet = createHttpGet({ silenceLimitMillis: 300 });
	server.behaviours = [{ waitsAfter: 1_000_000 }, { waitsAfter: 0 }];
	await expect(get({ httpGet, retryMillis: [0] })).rejects.toMatchObject({
		code: 'model.brokenOff',
		message: expect.stringMatching(/nothing came for 1 s\. 1\.0 MB are kept; get it again/),
		data: { receivedBytes: 1_000_000 },
	});
	server.taken();
	expect(await get()).toEqual(whole(server));
	expect(ranges()).toEqual([['bytes=1000000-', '"first"']]);
});

test('lies about the length end in a sentence or in the whole file, never in a half one', async () => {
	// Longer than it is: what came is all there is, as the server says when asked for the rest.
	server.behaviours = [{ saysLength: size + 1000 }];
	expect(await get()).toEqual(whole(server));
	rmSync(path);
	// Far too short or long for this file: not even begun.
	for (const saysLength of [100, 10 * size]) {
		server.behaviours = [{ saysLength }];
		await expect(get()).rejects.toMatchObject({ code: 'model.sizeUnlikely', data: { foundBytes: saysLength } });
	}
	// No length said and no end: stopped, and dropped.
	server.bytes = new Uint8Array(2 * size);
	server.behaviours = [{ isChunked: true }];
	await expect(get()).rejects.toMatchObject({ code: 'model.sizeUnlikely' });
	server.bytes = bytes.subarray(0, size >> 1);
	server.behaviours = [{ isChunked: true }];
	await expect(get()).rejects.toMatchObject({ code: 'model.sizeUnlikely', data: { foundBytes: size >> 1 } });
	expect(readdirSync(folder)).toEqual([]);
});

test('what the server refuses is told at once, what it cannot now is tried again', async () => {
	server.behaviours = [{ status: 404 }];
	await expect(get()).rejects.toMatchObject({ code: 'model.refused', message: expect.stringContaining('404') });
	expect(server.taken()).toHaveLength(1);
	server.behaviours = [{ status: 503 }, { status: 503 }];
	expect(await get()).toEqual(whole(server));
	expect(server.taken()).toHaveLength(3);
	rmSync(path);
	server.behaviours = [{ status: 503 }, { status: 503 }, { status: 503 }];
	await expect(get()).rejects.toMatchObject({ code: 'model.brokenOff', message: expect.stringContaining('503') });
	expect(readdirSync(folder)).toEqual([]);
});

test('redirects are followed a little way, and never away from what is safe', async () => {
	server.behaviours = [{ status: 302, location: '/moved.pt' }];
	expect(await get()).toEqual(whole(server));
	expect(server.taken().map((asked) => asked.path)).toEqual(['/weights.pt', '/moved.pt']);
	rmSync(path);
	server.behaviours = Array.from({ length: 6 }, () => ({ status: 302, location: '/again.pt' }));
	await expect(get()).rejects.toMatchObject({ code: 'model.redirects' });
	for (const location of ['http://192.0.2.1/weights.pt', 'http://localhost/weights.pt', 'file:///etc/passwd']) {
		server.behaviours = [{ status: 302, location }];
		await expect(get()).rejects.toMatchObject({ code: 'model.unsafeAddress' });
	}
	// The shipped list allows https alone, on this machine too.
	const strict = (url: URL) => checkAddress(url, { allowsLoopback: false });
	await expect(get({ checkAddress: strict })).rejects.toMatchObject({ code: 'model.unsafeAddress' });
	for (const url of ['http://dl.fbaipublicfiles.com/a.pt', 'https://user:word@host/a.pt', 'ftp://host/a.pt']) {
		expect(() => strict(new URL(url)), url).toThrow(StudioError);
	}
});

test('offline: the sentence tells the address, where to put the file, and models add', async () => {
	const { port } = new URL(server.url);
	await server.close();
	const url = `http://127.0.0.1:${port}/weights.pt`;
	const refused = get({ url });
	await expect(refused).rejects.toMatchObject({
		code: 'model.unreachable',
		data: { reason: 'the connection was refused' },
	});
	await expect(refused).rejects.toThrow(
		`Or fetch ${url} on another machine and put the file at ${path}, then get it again; "models add FILE" takes it from any place`,
	);
	expect(readdirSync(folder)).toEqual([]);
	server = await startWeightsServer(bytes);
});

test('a folder that cannot be written to and a disk that is full are told as such', async () => {
	writeFileSync(join(folder, 'file'), '');
	await expect(get({ path: join(folder, 'file', 'weights.pt') })).rejects.toMatchObject({ code: 'file.denied' });
	// Linux has a device that is always full.
	if (existsSync('/dev/full')) {
		symlinkSync('/dev/full', `${path}.part`);
		await expect(get()).rejects.toMatchObject({ code: 'disk.full' });
	}
});

test('a proxy is used where one is set, and not for what NO_PROXY names', async () => {
	const tunnels: string[] = [];
	const proxy: Server = createServer((_request, response) => response.writeHead(500).end());
	proxy.on('connect', (request, socket, head) => {
		tunnels.push(request.url!);
		const target = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			target.write(head);
			target.pipe(socket).pipe(target);
		});
		target.on('error', () => socket.destroy());
		socket.on('error', () => target.destroy());
	});
	proxy.listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	const { port } = proxy.address() as AddressInfo;
	for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY']) {
		vi.stubEnv(name, undefined);
	}
	vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${port}`);
	expect(await get()).toEqual(whole(server));
	expect(tunnels).toEqual([new URL(server.url).host]);
	rmSync(path);
	vi.stubEnv('NO_PROXY', 'localhost,127.0.0.1');
	expect(await get()).toEqual(whole(server));
	expect(tunnels).toHaveLength(1);
	rmSync(path);
	vi.stubEnv('NO_PROXY', undefined);
	proxy.removeAllListeners('connect');
	proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
	await expect(get()).rejects.toMatchObject({ code: 'model.unreachable', data: { reason: 'the proxy answers 407' } });
	proxy.close();
	proxy.closeAllConnections();
});
