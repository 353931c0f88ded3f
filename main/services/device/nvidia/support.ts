import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import {
	libraryFolderOf,
	type NvidiaPackage,
	nvidiaPackage,
	runtimePackageFolder,
	runtimeVersion,
	systemName,
} from '../../../inference/runtime.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import type { JobHandle } from '../../job/jobs.ts';
import type { HttpGet } from '../../http-get.ts';
import { fetchFile, type FeedRequest, findPackage, type PublishedPackage } from './feed.ts';
import { unpackEntries } from './unpack.ts';

const manifestName = 'runtime.json';
const manifest = z.object({
	version: z.string(),
	files: z.array(z.object({ path: z.string(), sizeBytes: z.int(), sha256: z.string() })),
});

export type NvidiaSupport = {
	state: () => { state: 'notHere' | 'absent' | 'added'; sizeBytes: number };
	/** The runtime with the libraries beside it; null where they were not added. */
	folder: () => string | null;
	/** @throws nvidia.notHere */
	checkPossible: () => void;
	/** @throws nvidia.*, disk.full, file.denied */
	add: (job: Pick<JobHandle, 'signal' | 'progress'>) => Promise<{ sizeBytes: number }>;
	remove: () => Promise<void>;
};

export type NvidiaSupportDeps = {
	/** Holds a folder a version of the runtime. */
	folder: string;
	httpGet: HttpGet;
	/** In place of ONNX Runtime's own feed; null: that one. */
	feedUrl: string | null;
	/** What there is for this system; its default is the truth. */
	wanted?: NvidiaPackage | null;
};

/**
 * NVIDIA's providers of ONNX Runtime, fetched when a person asks for them. The library looks for providers in the folder
 * that it lies in itself, and the program's own folders are not written to: so the runtime's package is copied into the
 * data folder, the libraries are put beside the copy's, and models are run by the copy from then on.
 */
export function createNvidiaSupport(deps: NvidiaSupportDeps): NvidiaSupport {
	const { wanted = nvidiaPackage() } = deps;
	const version = runtimeVersion();
	const place = join(deps.folder, version);
	let whole: { atMillis: number; sizeBytes: number | null } | null = null;

	/** Bytes of what was added; null where it is not there, or not whole. */
	function addedBytes(): number | null {
		const path = join(place, manifestName);
		const atMillis = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
		if (atMillis === undefined) {
			return null;
		}
		// Sizes are looked at once a change: this is asked at every use of a model.
		whole = whole?.atMillis === atMillis ? whole : { atMillis, sizeBytes: readWhole(place) };
		return whole.sizeBytes;
	}

	function checkPossible(): NvidiaPackage {
		if (wanted === null) {
			throw new StudioError('nvidia.notHere', { platform: systemName() });
		}
		return wanted;
	}

	async function add(job: Pick<JobHandle, 'signal' | 'progress'>): Promise<{ sizeBytes: number }> {
		const described = { ...checkPossible(), ...(deps.feedUrl === null ? {} : { feedUrl: deps.feedUrl }) };
		const partial = join(deps.folder, `.partial-${randomUUID()}`);
		try {
			await mkdir(partial, { recursive: true });
			const request: FeedRequest = {
				wanted: described,
				folder: partial,
				httpGet: deps.httpGet,
				checkAddress: (url) => checkAddress(url, { allowsLoopback: deps.feedUrl !== null }),
				signal: job.signal,
			};
			job.progress(0, null, 'asking the feed');
			const published = await findPackage(request);
			const archive = join(partial, 'package.zip');
			await fetchFile(published.url, archive, {
				...request,
				onProgress: (receivedBytes) => job.progress(receivedBytes, published.sizeBytes, 'downloading'),
			});
			await checkPublished(archive, published, job.signal);
			const runtime = join(partial, 'runtime');
			await copyRuntime(runtime);
			const libraries = libraryFolderOf(join(runtime, 'node_modules', 'onnxruntime-node'));
			const targets = new Map(described.files.map((file) => [file.pathInPackage, join(libraries, file.fileName)]));
			await unpackEntries(archive, {
				targets,
				signal: job.signal,
				onUnpacked: (name) =>
					job.progress(published.sizeBytes, published.sizeBytes, `unpacked ${name.split('/').at(-1)}`),
			});
			await writeManifest(runtime, version, job.signal);
			job.signal.throwIfAborted();
			await rm(place, { recursive: true, force: true });
			await rename(runtime, place);
			return { sizeBytes: addedBytes() ?? 0 };
		} catch (error) {
			throw asDiskError(error, deps.folder);
		} finally {
			await rm(partial, { recursive: true, force: true });
		}
	}

	return {
		state: () => {
			const sizeBytes = addedBytes();
			return wanted === null
				? { state: 'notHere', sizeBytes: 0 }
				: { state: sizeBytes === null ? 'absent' : 'added', sizeBytes: sizeBytes ?? 0 };
		},
		folder: () => (addedBytes() === null ? null : place),
		checkPossible: () => void checkPossible(),
		add,
		remove: () => rm(deps.folder, { recursive: true, force: true }),
	};
}

/** Only https; of a feed of one's own, this machine's plain http too. */
function checkAddress(url: string, options: { allowsLoopback: boolean }): void {
	const { protocol, hostname } = new URL(url);
	if (protocol !== 'https:' && !(options.allowsLoopback && protocol === 'http:' && hostname === '127.0.0.1')) {
		throw new StudioError('nvidia.unsafeAddress', { url });
	}
}

async function checkPublished(path: string, published: PublishedPackage, signal: AbortSignal): Promise<void> {
	const { size } = await stat(path);
	if (size !== published.sizeBytes) {
		throw new StudioError('nvidia.damaged', { reason: `it has ${size} bytes instead of ${published.sizeBytes}` });
	}
	if ((await hashOf(path, 'sha512', signal)).toString('base64') !== published.sha512Base64) {
		throw new StudioError('nvidia.damaged', { reason: 'its SHA-512 is another' });
	}
}

/** The runtime's package and the one that it needs, with this system's library alone. */
async function copyRuntime(folder: string): Promise<void> {
	for (const name of ['onnxruntime-node', 'onnxruntime-common'] as const) {
		const source = runtimePackageFolder(name);
		const target = join(folder, 'node_modules', name);
		const libraries = libraryFolderOf(source);
		await mkdir(target, { recursive: true });
		for (const part of ['package.json', 'dist']) {
			await cp(join(source, part), join(target, part), { recursive: true });
		}
		if (existsSync(libraries)) {
			await cp(libraries, libraryFolderOf(target), { recursive: true });
		}
	}
}

async function writeManifest(folder: string, version: string, signal: AbortSignal): Promise<void> {
	const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
	const files = [];
	for (const path of paths) {
		const sha256 = (await hashOf(path, 'sha256', signal)).toString('hex');
		files.push({ path: relative(folder, path).split(sep).join('/'), sizeBytes: (await stat(path)).size, sha256 });
	}
	await writeFile(join(folder, manifestName), JSON.stringify({ version, files }, null, '\t'));
}

function readWhole(folder: string): number | null {
	try {
		const { files } = manifest.parse(JSON.parse(readFileSync(join(folder, manifestName), 'utf8')));
		const isWhole = files.every(({ path, sizeBytes }) => statSync(join(folder, path)).size === sizeBytes);
		return isWhole ? files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) : null;
	} catch {
		return null;
	}
}

async function hashOf(path: string, algorithm: 'sha256' | 'sha512', signal: AbortSignal): Promise<Buffer> {
	const hash = createHash(algorithm);
	await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
	return hash.digest();
}

function asDiskError(error: unknown, path: string): unknown {
	const code = error instanceof Error && 'code' in error && 'syscall' in error ? String(error.code) : null;
	if (code === 'ENOSPC') {
		return new StudioError('disk.full', { path }, { cause: error });
	}
	return code === null ? error : new StudioError('file.denied', { path, reason: code }, { cause: error });
}
