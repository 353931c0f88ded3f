import { StudioError } from '../../preload/common/studio-error.ts';

type SqliteError = Error & { code: string };

export function isSqliteError(error: unknown): error is SqliteError {
	return error instanceof Error && error.name === 'SqliteError' && 'code' in error;
}

/** What the disk or the file caused becomes a catalogued sentence; everything else is passed on as it is. */
export function translated(error: unknown, path: string): unknown {
	if (!isSqliteError(error)) {
		return error;
	}
	const { code, message } = error;
	const reason = `${message}, ${code}`;
	const cause = { cause: error };
	if (code === 'SQLITE_FULL') {
		return new StudioError('disk.full', { path }, cause);
	}
	if (code.startsWith('SQLITE_IOERR')) {
		return new StudioError('store.ioFailed', { path, reason }, cause);
	}
	if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
		return new StudioError('store.damaged', { path, reason }, cause);
	}
	if (code.startsWith('SQLITE_READONLY')) {
		return new StudioError('store.writeProtected', { path }, cause);
	}
	if (code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM' || code === 'SQLITE_AUTH') {
		return new StudioError('file.denied', { path, reason: message }, cause);
	}
	return error;
}
