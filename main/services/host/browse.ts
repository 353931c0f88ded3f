import { constants, existsSync } from 'node:fs';
import { access, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { orderBy } from 'natural-orderby';
import type { BrowseEntry } from '../../../preload/contract/host.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';

const VIDEO_EXTENSIONS = new Set(['.mp4', '.m4v', '.mov', '.mkv', '.webm', '.avi', '.ts', '.mpg', '.mpeg', '.hevc']);
const WEIGHTS_EXTENSIONS = new Set(['.pt', '.pth', '.safetensors']);
const PICTURE_EXTENSIONS = new Set(['.jpg', '.jpeg', '.png']);

/** `named`: the file that was asked for, where the path is no folder's. */
export type Browsed = { path: string; parent: string | null; entries: BrowseEntry[]; named: string | null };

/**
 * A folder's entries for the studio's own file browser: folders first, natural order, hidden ones left out. A file's
 * path gives its folder.
 */
export async function browseFolder(path: string): Promise<Browsed> {
	const asked = resolve(path);
	const isFile = await stat(asked).then(
		(stats) => !stats.isDirectory(),
		() => false,
	);
	const folder = isFile ? dirname(asked) : asked;
	const found = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
		throw fileError(error, folder);
	});
	const entries: BrowseEntry[] = [];
	for (const item of found.filter((candidate) => !candidate.name.startsWith('.'))) {
		const itemPath = join(folder, item.name);
		const stats = await stat(itemPath).catch(() => null);
		if (stats) {
			entries.push({
				name: item.name,
				path: itemPath,
				kind: stats.isDirectory() ? 'folder' : kindOf(item.name),
				sizeBytes: stats.isDirectory() ? 0 : stats.size,
			});
		}
	}
	const parent = dirname(folder);
	return {
		path: folder,
		parent: parent === folder ? null : parent,
		named: isFile ? asked : null,
		entries: orderBy(entries, [(entry) => (entry.kind === 'folder' ? 0 : 1), (entry) => entry.name]),
	};
}

/** The folder itself, or the nearest one above it that is there. */
export function nearestFolder(path: string): string {
	let folder = resolve(path);
	while (!existsSync(folder) && dirname(folder) !== folder) {
		folder = dirname(folder);
	}
	return folder;
}

/**
 * That files can be written into a folder, or into the one that it will be made in.
 *
 * @throws file.denied
 */
export async function checkWritable(path: string): Promise<void> {
	const folder = nearestFolder(path);
	if (!(await stat(folder)).isDirectory()) {
		throw new StudioError('file.denied', { path: folder, reason: 'it is a file, not a folder' });
	}
	await access(folder, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
		throw fileError(error, folder);
	});
}

export async function makeFolder(path: string): Promise<void> {
	await mkdir(path, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
		throw fileError(error, path);
	});
}

/** A file system error as a sentence; anything unknown stays what it is. */
export function fileError(error: NodeJS.ErrnoException, path: string): Error {
	switch (error.code) {
		case 'ENOENT':
			return new StudioError('file.notFound', { path }, { cause: error });
		case 'EEXIST':
			return new StudioError('file.exists', { path }, { cause: error });
		case 'ENOSPC':
			return new StudioError('disk.full', { path }, { cause: error });
		case 'EACCES':
		case 'EPERM':
		case 'EROFS':
			return new StudioError('file.denied', { path, reason: 'access is denied' }, { cause: error });
		case 'ENOTDIR':
			return new StudioError('file.denied', { path, reason: 'it is not a folder' }, { cause: error });
		default:
			return error;
	}
}

function kindOf(name: string): BrowseEntry['kind'] {
	const extension = extname(name).toLowerCase();
	if (extension === '.masklet') {
		return 'project';
	}
	if (VIDEO_EXTENSIONS.has(extension)) {
		return 'video';
	}
	if (WEIGHTS_EXTENSIONS.has(extension)) {
		return 'weights';
	}
	return PICTURE_EXTENSIONS.has(extension) ? 'picture' : 'other';
}
