import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { fileError } from '../../host/browse.ts';

const CHUNK_BYTES = 2 ** 20;
/** After so much the disk is waited for, and what is there is noted: a power cut costs no more. */
const SYNC_BYTES = 32 * 2 ** 20;

const notes = z.object({
	url: z.string(),
	/** What tells this version of the file: its strong ETag, else its date. */
	validator: z.string().nullable(),
	totalBytes: z.int().nullable(),
	/** Bytes that are on the disk for certain. */
	receivedBytes: z.int().nonnegative(),
});

export type PartialNotes = z.infer<typeof notes>;

/** A file on its way: `NAME.part` holds what has come, `NAME.part.json` tells of what. */
export type PartialFile = Readonly<PartialNotes> & {
	/** Begins anew, with what the server says of the file. */
	restart(version: { validator: string | null; totalBytes: number | null }): Promise<void>;
	append(bytes: Uint8Array): Promise<void>;
	/** Puts the whole file in its place. */
	finish(): Promise<{ sizeBytes: number; sha256: string }>;
	/** Keeps what has come, for the next time. Does nothing after `finish`. */
	close(): Promise<void>;
};

export function partialPaths(path: string): { part: string; notes: string } {
	return { part: `${path}.part`, notes: `${path}.part.json` };
}

/** What is there of a file; null where nothing is, or nothing that could be gone on with. */
export async function readPartial(path: string): Promise<PartialNotes | null> {
	try {
		return notes.parse(JSON.parse(await readFile(partialPaths(path).notes, 'utf8')));
	} catch {
		return null;
	}
}

export async function dropPartial(path: string): Promise<void> {
	const { part, notes: notesPath } = partialPaths(path);
	await rm(part, { force: true });
	await rm(notesPath, { force: true });
}

/**
 * Opens what has come of `url` so far, or an empty file. Its bytes are read once, for the checksum of the whole.
 *
 * @throws disk.full, file.denied (from any of its methods)
 */
export async function openPartial(
	path: string,
	{ url, signal }: { url: string; signal: AbortSignal },
): Promise<PartialFile> {
	const paths = partialPaths(path);
	const known = await readPartial(path);
	const handle = await told(paths.part, () => open(paths.part, known ? 'r+' : 'w+')).catch(() =>
		told(paths.part, () => open(paths.part, 'w+')),
	);
	let state: PartialNotes = { url, validator: null, totalBytes: null, receivedBytes: 0 };
	let hash = createHash('sha256');
	let syncedBytes = 0;
	let isOpen = true;

	async function sync(): Promise<void> {
		await handle.datasync();
		await note();
	}

	async function note(): Promise<void> {
		await writeFile(`${paths.notes}.new`, `${JSON.stringify(state, null, '\t')}\n`);
		await rename(`${paths.notes}.new`, paths.notes);
		syncedBytes = state.receivedBytes;
	}

	try {
		if (known?.url === url && known.validator !== null) {
			const { size } = await handle.stat();
			const length = Math.min(known.receivedBytes, size);
			syncedBytes = await hashHead(handle, { hash, length, signal });
			state = { ...known, receivedBytes: syncedBytes };
		}
	} catch (error) {
		await handle.close();
		throw error;
	}

	return {
		get url() {
			return state.url;
		},
		get validator() {
			return state.validator;
		},
		get totalBytes() {
			return state.totalBytes;
		},
		get receivedBytes() {
			return state.receivedBytes;
		},
		restart: (version) =>
			told(paths.part, async () => {
				state = { url, ...version, receivedBytes: 0 };
				hash = createHash('sha256');
				if ((await handle.stat()).size > 0) {
					await handle.truncate(0);
				}
				await note();
			}),
		append: (bytes) =>
			told(paths.part, async () => {
				for (let done = 0; done < bytes.length;) {
					const left = bytes.length - done;
					done += (await handle.write(bytes, done, left, state.receivedBytes + done)).bytesWritten;
				}
				hash.update(bytes);
				state = { ...state, receivedBytes: state.receivedBytes + bytes.length };
				if (state.receivedBytes - syncedBytes >= SYNC_BYTES) {
					await sync();
				}
			}),
		finish: () =>
			told(path, async () => {
				await handle.truncate(state.receivedBytes);
				await handle.sync();
				isOpen = false;
				await handle.close();
				await rename(paths.part, path);
				await rm(paths.notes, { force: true });
				return { sizeBytes: state.receivedBytes, sha256: hash.digest('hex') };
			}),
		close: async () => {
			if (isOpen) {
				isOpen = false;
				// On a full disk the notes of before stay, which claim less.
				await sync().catch(() => undefined);
				await handle.close();
				if (state.receivedBytes === 0) {
					await dropPartial(path);
				}
			}
		},
	};
}

/** How many bytes it read: `length`, or less where the file is shorter. */
async function hashHead(
	handle: FileHandle,
	{ hash, length, signal }: { hash: Hash; length: number; signal: AbortSignal },
): Promise<number> {
	const chunk = new Uint8Array(CHUNK_BYTES);
	let offset = 0;
	while (offset < length) {
		signal.throwIfAborted();
		const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, length - offset), offset);
		if (bytesRead === 0) {
			break;
		}
		hash.update(chunk.subarray(0, bytesRead));
		offset += bytesRead;
	}
	return offset;
}

async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw fileError(error as NodeJS.ErrnoException, path);
	}
}
