import { existsSync } from 'node:fs';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { InferenceModel } from '../../inference/inference.ts';
import type { ModelManifest } from '../../inference/manifest.ts';
import { takeWriterLock } from '../../store/index.ts';
import { isStudioError, StudioError } from '../../../preload/common/studio-error.ts';
import type { HttpGet } from '../http-get.ts';
import { fileError, nearestFolder } from '../host/browse.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { download } from './download/download.ts';
import { readPartial } from './download/partial-file.ts';
import { type ModelLibrary, networkOf } from './library.ts';

/** Share of the work that the download is; the rest is making the model. */
const DOWNLOAD_SHARE = 0.95;
/** No exact size is published. */
const SIZE_TOLERANCE = 0.1;

export type GetRequest = {
	entry: CatalogueEntry;
	modelId: string;
	/** Where its weights file goes. */
	path: string;
	library: ModelLibrary;
	httpGet: HttpGet;
	checkAddress: (url: URL) => void;
	now: () => number;
	signal: AbortSignal;
	/** From 0 to 1, and what is being done. */
	onProgress: (share: number, note: string) => void;
};

/**
 * Fetches an official checkpoint, unless its file stands in its place already, and makes a model of it. One at a time
 * of all Masklets of this user.
 *
 * @throws model.idTaken, model.getRunning, model.noSpace, model.badDownload, model.badFile; what `download` throws
 */
export async function getModel(request: GetRequest): Promise<InferenceModel> {
	const { entry, modelId, path, library } = request;
	library.checkFree(modelId);
	await mkdir(dirname(path), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
		throw fileError(error, path);
	});
	const lock = takeWriterLock(lockedName(path));
	if (lock === 'taken') {
		throw new StudioError('model.getRunning', { name: entry.name });
	}
	if (lock === 'protected') {
		throw new StudioError('file.denied', { path: dirname(path), reason: 'it cannot be written to' });
	}
	try {
		if (existsSync(path)) {
			return await makeModel(request, null);
		}
		await checkSpace(request);
		const { sha256 } = await fetchWeights(request);
		return await makeModel(request, sha256);
	} finally {
		lock.release();
	}
}

/** Hidden, as the lock stays when it is free. */
function lockedName(path: string): string {
	return path.replace(/([^\\/]+)$/, '.$1');
}

export function approximateBytesOf(entry: CatalogueEntry): number {
	return Math.round(entry.approximateMebibytes * 2 ** 20);
}

/** The rest of the file, and the model, which is about as large. */
async function checkSpace({ entry, path }: GetRequest): Promise<void> {
	const known = await readPartial(path);
	const expected = approximateBytesOf(entry);
	const neededBytes = 2 * expected - (known?.url === entry.url ? known.receivedBytes : 0);
	const freeBytes = await freeBytesOf(path);
	if (freeBytes !== null && freeBytes < neededBytes) {
		throw new StudioError('model.noSpace', { neededBytes, freeBytes, path: dirname(path) });
	}
}

/** Null where the system does not say. */
export async function freeBytesOf(path: string): Promise<number | null> {
	const found = await statfs(nearestFolder(path)).catch(() => null);
	return found && found.bavail * found.bsize;
}

async function fetchWeights(request: GetRequest): Promise<{ sha256: string }> {
	const { entry, path, onProgress } = request;
	const expected = approximateBytesOf(entry);
	let share = 0;
	return download({
		...request,
		url: entry.url,
		path,
		sizeBytes: {
			expected,
			atLeast: Math.floor(expected * (1 - SIZE_TOLERANCE)),
			atMost: Math.ceil(expected * (1 + SIZE_TOLERANCE)),
		},
		onProgress: ({ receivedBytes, totalBytes, bytesPerSecond }) => {
			share = (receivedBytes / totalBytes) * DOWNLOAD_SHARE;
			const parts = [`${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB`];
			if (bytesPerSecond !== null && bytesPerSecond > 0) {
				parts.push(
					`${megabytes(bytesPerSecond)} MB/s`,
					`${timeText((totalBytes - receivedBytes) / bytesPerSecond)} left`,
				);
			}
			onProgress(share, parts.join(', '));
		},
		onRetry: (reason) => onProgress(share, `${reason}; trying again`),
	});
}

/** @param receivedSha256 of what was fetched just now; null for a file that was there before */
async function makeModel(request: GetRequest, receivedSha256: string | null): Promise<InferenceModel> {
	const { entry, modelId, path, library, signal, onProgress } = request;
	const { url, licence, modelId: catalogueId } = entry;
	const start = receivedSha256 === null ? 0 : DOWNLOAD_SHARE;
	onProgress(start, 'making the model');
	try {
		return await library.add({
			path,
			modelId,
			isReplacement: receivedSha256 !== null,
			official: { catalogueId, url, licence, receivedSha256 },
			check: (manifest) => checkManifest(manifest, entry, receivedSha256),
			signal,
			onProgress: (share) => onProgress(start + share * (1 - start), 'making the model'),
		});
	} catch (error) {
		if (!isStudioError(error) || !/^weights\.|^model\.other/.test(error.code)) {
			throw error;
		}
		const { message: reason } = error;
		if (receivedSha256 === null) {
			throw new StudioError('model.badFile', { path, reason }, { cause: error });
		}
		await rm(path, { force: true });
		throw new StudioError('model.badDownload', { url, reason }, { cause: error });
	}
}

function checkManifest(manifest: ModelManifest, entry: CatalogueEntry, receivedSha256: string | null): void {
	const { size, version } = entry.network;
	if (manifest.size !== size || manifest.version !== version) {
		throw new StudioError('model.otherNetwork', { expected: entry.name, found: networkOf(manifest) });
	}
	const { sha256 } = manifest.source;
	if (receivedSha256 !== null && sha256 !== receivedSha256) {
		throw new StudioError('model.otherSum', { received: receivedSha256, read: sha256 });
	}
}

function megabytes(bytes: number): string {
	return bytes < 1e7 ? (bytes / 1e6).toFixed(1) : String(Math.round(bytes / 1e6));
}

/** "40 s", "3 min", "2 h 5 min" */
function timeText(seconds: number): string {
	if (seconds < 90) {
		return `${Math.max(1, Math.round(seconds))} s`;
	}
	const minutes = Math.round(seconds / 60);
	return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
