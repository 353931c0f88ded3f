import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createHttpGet } from '../../../main/hosts/shared/http-get.ts';
import { measureInProcess } from '../../../main/inference/measure-in-child.ts';
import { libraryFolderOf, nvidiaPackage, runtimeVersion } from '../../../main/inference/runtime.ts';
import { spawnInferenceProcess } from '../../../main/inference/spawn-process.ts';
import { createNvidiaSupport, type NvidiaSupport } from '../../../main/services/device/nvidia/support.ts';
import { compileModel } from '../../../main/inference/compile.ts';
import { miniatureConfig } from '../../../models/sam2/config.ts';
import { torchFile } from '../../models/weights/torch-file.ts';
import { seededTensors } from '../../parity/seeded-weights.ts';

const wanted = nvidiaPackage('linux', 'x64')!;
const id = wanted.name.toLowerCase();
const names = wanted.files.map(({ fileName }) => fileName);
const folder = mkdtempSync(join(tmpdir(), 'masklet-nvidia-'));
const place = join(folder, 'runtime');

/** A feed of the test's own: what it answers can be changed. */
const feed = {
	archive: new Uint8Array(),
	entry: {} as Record<string, unknown>,
	onPackage: null as ((response: ServerResponse) => void) | null,
	asked: [] as string[],
};
let server: Server;
let origin = '';

beforeAll(async () => {
	server = createServer((request, response) => {
		const path = request.url!;
		feed.asked.push(path);
		const json = (value: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
		if (path === '/index.json') {
			json({
				version: '3.0.0',
				resources: [
					{ '@id': `${origin}/flat/`, '@type': 'PackageBaseAddress/3.0.0' },
					{ '@id': `${origin}/registration`, '@type': 'RegistrationsBaseUrl/3.6.0' },
				],
			});
		} else if (path === `/registration/${id}/${wanted.version}.json`) {
			json({ catalogEntry: `${origin}/catalog/1.json`, listed: true });
		} else if (path === '/catalog/1.json') {
			json(feed.entry);
		} else if (path === `/flat/${id}/${wanted.version}/${id}.${wanted.version}.nupkg`) {
			response.writeHead(302, { location: '/blobs/package' }).end();
		} else if (path === '/blobs/package') {
			response.setHeader('content-length', feed.archive.length);
			if (feed.onPackage) {
				feed.onPackage(response);
			} else {
				response.end(feed.archive);
			}
		} else {
			response.writeHead(404).end();
		}
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
	await new Promise((closed) => server.close(closed));
	rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
	feed.onPackage = null;
	feed.asked = [];
});

/** Libraries that are none: what a provider that cannot be loaded looks like. */
function libraries(): Record<string, Uint8Array> {
	const content = (name: string) => new TextEncoder().encode(`${name} `.repeat(20_000));
	return Object.fromEntries(wanted.files.map(({ pathInPackage }) => [pathInPackage, content(pathInPackage)]));
}

const httpGet = createHttpGet();

function publish(entries: Record<string, Uint8Array>): void {
	feed.archive = zipSync({ 'LICENSE.txt': new TextEncoder().encode('MIT'), ...entries });
	feed.entry = {
		packageHash: createHash('sha512').update(feed.archive).digest('base64'),
		packageHashAlgorithm: 'SHA512',
		packageSize: feed.archive.length,
	};
}

function open(feedUrl: string = `${origin}/index.json`): NvidiaSupport {
	return createNvidiaSupport({ folder: place, httpGet, feedUrl, wanted });
}

function job(signal: AbortSignal = new AbortController().signal) {
	const notes: (string | undefined)[] = [];
	return { signal, notes, progress: (_done: number, _total: number | null, note?: string) => void notes.push(note) };
}

test('libraries are fetched, checked, put beside a copy of the runtime, and taken away', async () => {
	publish(libraries());
	const support = open();
	expect(support.state()).toEqual({ state: 'absent', sizeBytes: 0 });
	const work = job();
	const { sizeBytes } = await support.add(work);
	expect(work.notes).toEqual(expect.arrayContaining(['asking the feed', 'downloading', `unpacked ${names[0]}`]));
	expect(support.state()).toEqual({ state: 'added', sizeBytes });
	const runtime = support.folder()!;
	expect(runtime).toBe(join(place, runtimeVersion()));
	const beside = libraryFolderOf(join(runtime, 'node_modules', 'onnxruntime-node'));
	for (const { fileName, pathInPackage } of wanted.files) {
		expect(readFileSync(join(beside, fileName))).toEqual(Buffer.from(libraries()[pathInPackage]!));
	}
	// Nothing of the way is left, and another Masklet sees the same.
	expect(readdirSync(place)).toEqual([runtimeVersion()]);
	expect(open().folder()).toBe(runtime);

	// One that is not whole any more is none.
	truncateSync(join(beside, names[0]!), 10);
	writeFileSync(join(runtime, 'runtime.json'), readFileSync(join(runtime, 'runtime.json')));
	expect(open().folder()).toBeNull();
	await support.add(job());
	expect(open().folder()).toBe(runtime);
	await support.remove();
	expect([support.state().state, existsSync(place)]).toEqual(['absent', false]);
});

test('what is not what was published, breaks off or leads elsewhere is refused and leaves nothing', async () => {
	const refused = async (code: string, support = open()): Promise<string> => {
		const error = await support.add(job()).then(
			() => null,
			(thrown: Error & { code?: string }) => thrown,
		);
		expect(error).toMatchObject({ code });
		expect(existsSync(place) ? readdirSync(place) : []).toEqual([]);
		return error!.message;
	};

	publish(libraries());
	feed.entry.packageHash = createHash('sha512').update('another').digest('base64');
	expect(await refused('nvidia.damaged')).toContain('SHA-512');
	publish(libraries());
	feed.entry.packageSize = feed.archive.length + 1;
	expect(await refused('nvidia.damaged')).toContain(`${feed.archive.length} bytes`);
	publish({ ...libraries(), '../../escaped.so': new Uint8Array(8) });
	expect(await refused('nvidia.damaged')).toContain('..');
	expect(existsSync(join(folder, 'escaped.so'))).toBe(false);
	const [first, ...others] = Object.entries(libraries());
	publish(Object.fromEntries(others));
	expect(await refused('nvidia.damaged')).toContain(first![0]);
	feed.archive = new TextEncoder().encode('no archive at all, though what was published');
	feed.entry = { ...feed.entry, packageSize: feed.archive.length };
	feed.entry.packageHash = createHash('sha512').update(feed.archive).digest('base64');
	await refused('nvidia.damaged');

	publish(libraries());
	feed.onPackage = (response) => {
		response.write(feed.archive.subarray(0, 1000));
		response.destroy();
	};
	await refused('nvidia.unreachable');
	feed.onPackage = (response) => response.writeHead(503).end();
	expect(await refused('nvidia.unreachable')).toContain('503');
	await refused('nvidia.noPackage', createNvidiaSupport({ folder: place, httpGet, feedUrl: `${origin}/none`, wanted }));
	await refused('nvidia.unreachable', open(`${origin}/catalog/1.json`));
	await refused('nvidia.unsafeAddress', open('http://example.org/index.json'));
	const real = createNvidiaSupport({ folder: place, httpGet, feedUrl: null, wanted: { ...wanted, feedUrl: origin } });
	await refused('nvidia.unsafeAddress', real);
	const nowhere = createNvidiaSupport({ folder: place, httpGet, feedUrl: null, wanted: null });
	await refused('nvidia.notHere', nowhere);
	expect(nowhere.state()).toEqual({ state: 'notHere', sizeBytes: 0 });
	expect(nvidiaPackage('darwin', 'arm64')).toBeNull();

	// Cancelled in the middle of the download.
	const abort = new AbortController();
	feed.onPackage = (response) => {
		response.write(feed.archive.subarray(0, 1000));
		abort.abort(new Error('cancelled by the test'));
	};
	await expect(open().add(job(abort.signal))).rejects.toThrow('cancelled by the test');
	expect(readdirSync(place)).toEqual([]);
});

const isPossible = process.platform === 'linux' && process.arch === 'x64';
test.runIf(isPossible)('models run by the copy, and a library that cannot be loaded says why', async () => {
	publish(libraries());
	const support = open();
	await support.add(job());
	const weights = join(folder, 'weights.pt');
	writeFileSync(weights, torchFile(new Map(seededTensors(miniatureConfig('2.1'), { seed: 7, objectScoreBias: 4 }))));
	const outFolder = join(folder, 'model');
	const { signal } = new AbortController();
	await compileModel({ source: weights, outFolder, signal });
	const entry = fileURLToPath(new URL('../../../main/inference/child.ts', import.meta.url));
	const measure = (deviceId: 'cpu' | 'cuda', runtimeFolder: string | null) =>
		measureInProcess({
			spawn: () => spawnInferenceProcess(entry),
			source: { kind: 'sam2', folder: outFolder },
			device: { deviceId, runtimeFolder },
			signal,
			onProgress: () => {},
			stepLimitMillis: 60_000,
		});
	const copied = await measure('cpu', support.folder());
	expect(copied.samples).toEqual((await measure('cpu', null)).samples);
	await expect(measure('cuda', support.folder())).rejects.toMatchObject({
		code: 'device.failed',
		data: { device: 'CUDA', reason: expect.stringContaining('Failed to load shared library') as string },
	});
	await support.remove();
});
