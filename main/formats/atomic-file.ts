import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StudioError } from '../../preload/common/studio-error.ts';

const chunkLength = 1 << 18;

/** A text file that appears whole or not at all: written beside its place under another name, synced, then renamed. */
export type AtomicFile = {
	path: string;
	write(text: string): Promise<void>;
	/** Writes what is left to the disk; the file is not in its place yet. */
	finish(): Promise<void>;
	/** Puts it in its place. */
	publish(): Promise<void>;
	/** Leaves nothing behind; does nothing after `publish`. */
	discard(): Promise<void>;
};

/** @throws file.exists, file.denied, disk.full (from any of its methods) */
export async function createAtomicFile(path: string, options: { isForced: boolean }): Promise<AtomicFile> {
	const folder = dirname(path);
	const partPath = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
	const handle = await told(path, async () => {
		await mkdir(folder, { recursive: true });
		return open(partPath, 'wx');
	});
	let pending: string[] = [];
	let pendingLength = 0;
	let isOpen = true;
	let isPublished = false;

	const flush = async () => {
		const text = pending.join('');
		pending = [];
		pendingLength = 0;
		if (text !== '') {
			await told(path, () => handle.appendFile(text));
		}
	};
	const closeHandle = async () => {
		if (isOpen) {
			isOpen = false;
			await handle.close();
		}
	};

	return {
		path,
		async write(text) {
			pending.push(text);
			pendingLength += text.length;
			if (pendingLength >= chunkLength) {
				await flush();
			}
		},
		async finish() {
			await flush();
			await told(path, () => handle.sync());
			await closeHandle();
		},
		async publish() {
			await told(path, () => (options.isForced ? rename(partPath, path) : renameToFree(partPath, path)));
			isPublished = true;
			await syncFolder(folder);
		},
		async discard() {
			await closeHandle();
			if (!isPublished) {
				await rm(partPath, { force: true });
			}
		},
	};
}

/** Publishes several finished files; where one fails, the ones before it that are new are taken away again. */
export async function publishAll(files: AtomicFile[], options: { isForced: boolean }): Promise<void> {
	const published: AtomicFile[] = [];
	try {
		for (const file of files) {
			await file.publish();
			published.push(file);
		}
	} catch (error) {
		if (!options.isForced) {
			await Promise.all(published.map((file) => rm(file.path, { force: true })));
		}
		throw error;
	}
}

/** A rename that never overwrites: a hard link fails where something is there. */
async function renameToFree(from: string, to: string): Promise<void> {
	try {
		await link(from, to);
	} catch (error) {
		if (codeOf(error) === 'EEXIST') {
			throw error;
		}
		// A file system without hard links: claim the name, then replace the claim.
		await (await open(to, 'wx')).close();
		await rename(from, to);
		return;
	}
	await unlink(from);
}

async function syncFolder(folder: string): Promise<void> {
	try {
		const handle = await open(folder, 'r');
		try {
			await handle.sync();
		} finally {
			await handle.close();
		}
	} catch {
		// Windows and some network file systems cannot sync a folder; the file itself is synced.
	}
}

async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const code = codeOf(error);
		if (code === 'EEXIST') {
			throw new StudioError('file.exists', { path }, { cause: error });
		}
		if (code === 'ENOSPC' || code === 'EDQUOT') {
			throw new StudioError('disk.full', { path }, { cause: error });
		}
		if (code !== null) {
			throw new StudioError('file.denied', { path, reason: code }, { cause: error });
		}
		throw error;
	}
}

function codeOf(error: unknown): string | null {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
