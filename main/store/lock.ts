import Database from 'better-sqlite3';
import { isSqliteError } from './sqlite-error.ts';

/** The writer's place, held until `release`, or until the process is gone in whatever way. */
export type WriterLock = { release(): void };

/**
 * Takes the writer's place of a project: an exclusive transaction on a database beside it. The system frees it with
 * the process, so nothing is ever stale; the file itself stays (deleting it would let two in at once).
 */
export function takeWriterLock(projectPath: string): WriterLock | 'taken' | 'protected' {
	let connection: Database.Database | null = null;
	try {
		connection = new Database(lockPath(projectPath), { timeout: 0 });
		connection.exec('BEGIN EXCLUSIVE');
	} catch (error) {
		connection?.close();
		if (isSqliteError(error)) {
			if (error.code.startsWith('SQLITE_BUSY') || error.code.startsWith('SQLITE_LOCKED')) {
				return 'taken';
			}
			if (/^SQLITE_(CANTOPEN|READONLY|PERM|IOERR|FULL)/.test(error.code)) {
				return 'protected';
			}
		}
		throw error;
	}
	const held = connection;
	return { release: () => held.close() };
}

export function lockPath(projectPath: string): string {
	return `${projectPath}.lock`;
}
