import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { isStudioError } from '../../preload/common/studio-error.ts';
import { pictureNames } from './picture-folder.ts';
import { asMediaError, statPath } from './file-errors.ts';

/** What a project remembers of a source, to find it again and to know it for the same. */
export type SourceIdentity = {
	/** From the project's folder, with forward slashes; `null` where there is no way, as on another drive. */
	relativePath: string | null;
	absolutePath: string;
	sizeBytes: number;
	sampledHash: string;
};

/** Size in bytes of a file, or of a folder's pictures together. */
export async function sourceSize(path: string): Promise<number> {
	const { isFolder, sizeBytes } = await statPath(path);
	return isFolder ? (await folderFiles(path)).reduce((sum, file) => sum + file.sizeBytes, 0) : sizeBytes;
}

/**
 * SHA-256 of the size and of 16 blocks of 64 KB spread over the file: the same work for a minute and for an hour. Of a
 * folder: of its pictures' names and sizes, and the sampled hashes of 16 of them.
 */
export async function sampledHash(path: string): Promise<string> {
	const { isFolder } = await statPath(path);
	if (!isFolder) {
		return sampledFileHash(path);
	}
	const files = await folderFiles(path);
	const hash = createHash('sha256');
	for (const { name, sizeBytes } of files) {
		hash.update(`${name}\0${sizeBytes}\0`);
	}
	for (const order of spread(files.length, sampleCount)) {
		hash.update(await sampledFileHash(files[order]!.path));
	}
	return hash.digest('hex');
}

/** SHA-256 of all the bytes; of a folder, of its pictures' names and bytes in order. A job. */
export async function fullHash(
	path: string,
	options: { signal?: AbortSignal; onProgress?: (doneBytes: number, totalBytes: number) => void } = {},
): Promise<string> {
	const { isFolder, sizeBytes } = await statPath(path);
	const files = isFolder ? await folderFiles(path) : [{ name: null, path, sizeBytes }];
	const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
	const hash = createHash('sha256');
	let doneBytes = 0;
	for (const file of files) {
		if (file.name !== null) {
			hash.update(`${file.name}\0${file.sizeBytes}\0`);
		}
		await hashWhole(hash, file.path, (bytes) => {
			options.signal?.throwIfAborted();
			doneBytes += bytes;
			options.onProgress?.(doneBytes, totalBytes);
		});
	}
	return hash.digest('hex');
}

/** The source's path, relative to the project first, or `null` where neither place has the same bytes any more. */
export async function findSource(identity: SourceIdentity, projectFolder: string): Promise<string | null> {
	const places = [
		...(identity.relativePath !== null && !isAbsolute(identity.relativePath)
			? [resolve(projectFolder, identity.relativePath)]
			: []),
		identity.absolutePath,
	];
	for (const path of new Set(places)) {
		if (await isSameSource(path, identity)) {
			return path;
		}
	}
	return null;
}

/** Whether a path holds the source that is remembered: the size first, as it costs nothing. */
export async function isSameSource(
	path: string,
	identity: Pick<SourceIdentity, 'sizeBytes' | 'sampledHash'>,
): Promise<boolean> {
	try {
		return (await sourceSize(path)) === identity.sizeBytes && (await sampledHash(path)) === identity.sampledHash;
	} catch (error) {
		if (isStudioError(error, 'file.notFound') || isStudioError(error, 'file.denied')) {
			return false;
		}
		throw error;
	}
}

const sampleCount = 16;
const blockBytes = 1 << 16;

async function sampledFileHash(path: string): Promise<string> {
	try {
		await using file = await open(path);
		const { size } = await file.stat();
		const hash = createHash('sha256').update(`${size}\0`);
		const block = Buffer.alloc(blockBytes);
		const blockCount = Math.ceil(size / blockBytes);
		for (const order of spread(blockCount, sampleCount)) {
			const { bytesRead } = await file.read(block, 0, blockBytes, order * blockBytes);
			hash.update(block.subarray(0, bytesRead));
		}
		return hash.digest('hex');
	} catch (error) {
		throw asMediaError(error, path);
	}
}

async function hashWhole(hash: Hash, path: string, onBytes: (bytes: number) => void): Promise<void> {
	try {
		await using file = await open(path);
		const block = Buffer.alloc(1 << 20);
		for (;;) {
			const { bytesRead } = await file.read(block, 0, block.length);
			if (bytesRead === 0) {
				return;
			}
			hash.update(block.subarray(0, bytesRead));
			onBytes(bytesRead);
		}
	} catch (error) {
		throw asMediaError(error, path);
	}
}

/** Up to `wanted` of the numbers under `count`, the first and the last among them, evenly spread and ascending. */
function spread(count: number, wanted: number): number[] {
	if (count <= wanted) {
		return [...Array(count).keys()];
	}
	return Array.from({ length: wanted }, (_, order) => Math.round((order * (count - 1)) / (wanted - 1)));
}

async function folderFiles(path: string): Promise<{ name: string; path: string; sizeBytes: number }[]> {
	const names = await pictureNames(path);
	return Promise.all(
		names.map(async (name) => ({
			name,
			path: join(path, name),
			sizeBytes: (await statPath(join(path, name))).sizeBytes,
		})),
	);
}
