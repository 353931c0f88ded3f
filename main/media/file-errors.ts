import { stat } from 'node:fs/promises';
import { StudioError } from '../../preload/common/studio-error.ts';

/** What the demuxer throws at a damaged file, as a sentence; our own errors as they are. */
export function asMediaError(error: unknown, path: string): unknown {
	if (error instanceof StudioError || (error instanceof Error && error.name === 'AbortError')) {
		return error;
	}
	if (error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error) {
		return fileError(error.code, path, error);
	}
	const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
	return new StudioError('media.broken', { path, reason }, { cause: error });
}

export function fileError(code: string, path: string, cause: Error): StudioError {
	return code === 'ENOENT' || code === 'ENOTDIR'
		? new StudioError('file.notFound', { path }, { cause })
		: new StudioError('file.denied', { path, reason: code }, { cause });
}

/** `stat` with catalogued errors. */
export async function statPath(path: string): Promise<{ isFolder: boolean; isFile: boolean; sizeBytes: number }> {
	try {
		const found = await stat(path);
		return { isFolder: found.isDirectory(), isFile: found.isFile(), sizeBytes: found.size };
	} catch (error) {
		throw asMediaError(error, path);
	}
}
