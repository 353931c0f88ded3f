import {
	closeSync,
	constants,
	copyFileSync,
	existsSync,
	fsyncSync,
	openSync,
	readSync,
	realpathSync,
	renameSync,
	statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StudioError } from '../../preload/common/studio-error.ts';

export const projectSuffix = '.masklet';
/** "MSKL" in the header of the file. */
export const applicationId = 0x4d_53_4b_4c;

const headerBytes = 72;
const applicationIdOffset = 68;

/** The real path of a file that is a project by its header; everything else is refused with a sentence. */
export function checkedProjectPath(path: string): string {
	const stats = attempt(path, () => statSync(path));
	if (stats.isDirectory()) {
		throw new StudioError('store.isFolder', { path });
	}
	const header = Buffer.alloc(headerBytes);
	const file = attempt(path, () => openSync(path, 'r'));
	try {
		attempt(path, () => readSync(file, header, 0, headerBytes, 0));
	} finally {
		closeSync(file);
	}
	if (
		header.toString('latin1', 0, 16) !== 'SQLite format 3\0' ||
		header.readUInt32BE(applicationIdOffset) !== applicationId
	) {
		throw new StudioError('store.notProject', { path });
	}
	return attempt(path, () => realpathSync(path));
}

/** A path where a project may be made, its folder resolved. */
export function checkedNewPath(path: string): string {
	if (!path.endsWith(projectSuffix) || basename(path) === projectSuffix) {
		throw new StudioError('store.suffix', { path });
	}
	const folder = dirname(path);
	if (!existsSync(folder) || !statSync(folder).isDirectory()) {
		throw new StudioError('store.folderMissing', { path: folder });
	}
	const real = join(
		attempt(folder, () => realpathSync(folder)),
		basename(path),
	);
	refuseTaken(real);
	return real;
}

export function refuseTaken(path: string): void {
	if (existsSync(path)) {
		throw new StudioError('file.exists', { path });
	}
}

/** Copies a project beside itself before an older version of it is changed; whole or not at all. */
export function copyBeforeMigration(path: string, version: number): string {
	const stem = path.endsWith(projectSuffix) ? path.slice(0, -projectSuffix.length) : path;
	let copy = `${stem}.version-${version}${projectSuffix}`;
	for (let number = 2; existsSync(copy); number++) {
		copy = `${stem}.version-${version}-${number}${projectSuffix}`;
	}
	const partial = `${copy}.part`;
	attempt(copy, () => {
		copyFileSync(path, partial, constants.COPYFILE_FICLONE);
		syncPath(partial);
		renameSync(partial, copy);
		syncFolder(dirname(copy));
	});
	return copy;
}

/** Gives a finished file its name, for good. */
export function moveInPlace(from: string, to: string): void {
	attempt(to, () => {
		refuseTaken(to);
		renameSync(from, to);
		syncFolder(dirname(to));
	});
}

/** A rename is on disk once its folder is; not every system lets one sync a folder. */
function syncFolder(folder: string): void {
	if (process.platform !== 'win32') {
		syncPath(folder);
	}
}

function syncPath(path: string): void {
	const file = openSync(path, 'r');
	try {
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

/** File system errors as catalogued sentences. */
function attempt<T>(path: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		const cause = { cause: error };
		switch (code) {
			case 'ENOENT':
			case 'ENOTDIR':
				throw new StudioError('file.notFound', { path }, cause);
			case 'EACCES':
			case 'EPERM':
			case 'EROFS':
				throw new StudioError('file.denied', { path, reason: code }, cause);
			case 'ENOSPC':
			case 'EDQUOT':
				throw new StudioError('disk.full', { path }, cause);
			case undefined:
				throw error;
			default:
				throw new StudioError('store.ioFailed', { path, reason: message }, cause);
		}
	}
}
