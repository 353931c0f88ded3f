import Database from 'better-sqlite3';
import { accessSync, constants, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { isStudioError, StudioError } from '../../preload/common/studio-error.ts';
import { all, first, pragma, readDb, run, sql, writeDb, type ReadDb, type WriteDb } from './db.ts';
import { takeWriterLock, type WriterLock } from './lock.ts';
import { migrate, versionOf } from './migrate.ts';
import { migrations as allMigrations, type Migration } from './migrations/index.ts';
import {
	applicationId,
	checkedNewPath,
	checkedProjectPath,
	copyBeforeMigration,
	moveInPlace,
	projectSuffix,
	refuseTaken,
} from './project-file.ts';
import { isSqliteError, translated } from './sqlite-error.ts';
import type { StoreChange } from './types.ts';

export type OpenOptions = {
	/**
	 * `create` refuses a path that is taken. `edit` takes the writer's place; where another Masklet has it, or the file
	 * is write-protected, the store is read-only. `read` never takes it.
	 */
	mode: 'create' | 'edit' | 'read';
	/** The project's name, for `create`; the file's name where left out. */
	name?: string;
	/** The clock: milliseconds since 1970. */
	now: () => number;
	/** Who edits; kept with edits and frames. */
	author?: string;
	/** For tests of migrations alone. */
	migrations?: readonly Migration[];
};

/** An open project. */
export type Store = {
	/** With symbolic links resolved. */
	readonly path: string;
	readonly isReadOnly: boolean;
	/** `locked`: another Masklet edits it. `protected`: the file or folder is. `asked`: opened to read. */
	readonly readOnlyReason: 'locked' | 'protected' | 'asked' | null;
	/** The copy made before an older file was brought up to date. */
	readonly backupPath: string | null;
	/** For every function that reads. */
	readonly db: ReadDb;
	/** Called after each commit of the record, once a change; must not throw. Returns what ends it. */
	onChange(listener: (change: StoreChange) => void): () => void;
	/** Leaves one file, with nothing beside it but the lock. */
	close(): void;
	[Symbol.dispose](): void;
	/** For files of `main/store` alone. */
	readonly internals: {
		/** Null where the store is read-only. */
		readonly writeDb: WriteDb | null;
		readonly listeners: Set<(change: StoreChange) => void>;
		readonly now: () => number;
		readonly author: string | null;
	};
};

/** Files up to this size are checked whole when they are opened: some tens of milliseconds. */
const checkedSizeBytes = 16 * 2 ** 20;
const busyMillis = 1000;

export function openStore(path: string, options: OpenOptions): Store {
	const migrations = options.migrations ?? allMigrations;
	if (options.mode === 'create') {
		return createProject(checkedNewPath(path), { ...options, migrations });
	}
	const realPath = checkedProjectPath(path);
	const lock = options.mode === 'read' ? 'asked' : isWritable(realPath) ? takeWriterLock(realPath) : 'protected';
	if (lock === 'asked' || lock === 'taken' || lock === 'protected') {
		const reason = lock === 'taken' ? 'locked' : lock;
		return openReader(realPath, { ...options, migrations, reason });
	}
	return openWriter(realPath, { ...options, migrations, lock });
}

/** Made beside its place and moved there when it is whole: a kill leaves no half project. */
function createProject(path: string, options: OpenOptions & { migrations: readonly Migration[] }): Store {
	const lock = takeWriterLock(path);
	if (lock === 'taken') {
		throw new StudioError('file.exists', { path });
	}
	if (lock === 'protected') {
		throw new StudioError('file.denied', { path, reason: 'the folder cannot be written to' });
	}
	const partial = `${path}.part`;
	try {
		refuseTaken(path);
		rmSync(partial, { force: true });
		rmSync(`${partial}-journal`, { force: true });
		const db = writeDb(connect(partial, {}));
		try {
			pragma(db, 'auto_vacuum = INCREMENTAL');
			pragma(db, `application_id = ${applicationId}`);
			migrate(db, options.migrations);
			run(
				db,
				sql`
					INSERT INTO project (projectId, name, createdAtMillis, modelId, settings)
					VALUES (1, @name, @createdAtMillis, NULL, '{}')
				`,
				{ name: options.name ?? basename(path, projectSuffix), createdAtMillis: options.now() },
			);
		} finally {
			db.connection.close();
		}
		moveInPlace(partial, path);
	} catch (error) {
		rmSync(partial, { force: true });
		lock.release();
		throw error;
	}
	return openWriter(path, { ...options, lock });
}

type WriterOptions = OpenOptions & { migrations: readonly Migration[]; lock: WriterLock };

function openWriter(path: string, options: WriterOptions): Store {
	const { lock, migrations } = options;
	let db: WriteDb | null = null;
	try {
		db = writeDb(connect(path, { fileMustExist: true }));
		refuseFuture(db, { path, version: migrations.length });
		pragma(db, 'journal_mode = WAL');
		pragma(db, 'synchronous = FULL');
		refuseDamage(db, path);
		let backupPath: string | null = null;
		const version = versionOf(db);
		if (version < migrations.length) {
			pragma(db, 'wal_checkpoint(TRUNCATE)');
			backupPath = copyBeforeMigration(path, version);
			migrate(db, migrations);
		}
		pragma(db, 'foreign_keys = ON');
		refuseOddRecord(db, path);
		// No other process writes, so whoever ran these is gone. Without any, opening writes nothing.
		if (first(db, sql`SELECT 1 FROM pass WHERE state = 'running'`)) {
			run(db, sql`UPDATE pass SET state = 'interrupted' WHERE state = 'running'`);
		}
		return storeOf(path, { db, writeDb: db, readOnlyReason: null, backupPath, lock, options });
	} catch (error) {
		db?.connection.close();
		lock.release();
		throw error;
	}
}

type ReaderOptions = OpenOptions & { migrations: readonly Migration[]; reason: 'locked' | 'protected' | 'asked' };

function openReader(path: string, options: ReaderOptions): Store {
	const { migrations, reason } = options;
	const db = connectReader(path, reason);
	try {
		refuseFuture(db, { path, version: migrations.length });
		refuseDamage(db, path);
		const fileVersion = versionOf(db);
		if (fileVersion < migrations.length) {
			throw new StudioError('store.fromPast', { path, fileVersion, version: migrations.length });
		}
		refuseOddRecord(db, path);
	} catch (error) {
		db.connection.close();
		throw error;
	}
	return storeOf(path, { db, writeDb: null, readOnlyReason: reason, backupPath: null, lock: null, options });
}

type StoreParts = {
	db: ReadDb;
	writeDb: WriteDb | null;
	readOnlyReason: Store['readOnlyReason'];
	backupPath: string | null;
	lock: WriterLock | null;
	options: OpenOptions;
};

function storeOf(path: string, parts: StoreParts): Store {
	const { db, writeDb, readOnlyReason, backupPath, lock, options } = parts;
	const listeners = new Set<(change: StoreChange) => void>();
	const close = (): void => {
		if (!db.connection.open) {
			return;
		}
		if (writeDb) {
			leaveWal(writeDb);
		}
		db.connection.close();
		lock?.release();
		listeners.clear();
	};
	return {
		path,
		isReadOnly: writeDb === null,
		readOnlyReason,
		backupPath,
		db,
		onChange: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close,
		[Symbol.dispose]: close,
		internals: { writeDb, listeners, now: options.now, author: options.author ?? null },
	};
}

function connect(path: string, options: Database.Options): Database.Database {
	try {
		return new Database(path, { timeout: busyMillis, ...options });
	} catch (error) {
		throw translated(error, path);
	}
}

/**
 * A kill may leave a journal that has to be played back first, which a reading connection cannot do. Where nobody has
 * the writer's place it is taken for that moment.
 */
function connectReader(path: string, reason: Store['readOnlyReason']): ReadDb {
	const open = (): ReadDb => {
		const db = readDb(connect(path, { readonly: true, fileMustExist: true }));
		try {
			versionOf(db);
			return db;
		} catch (error) {
			db.connection.close();
			throw error;
		}
	};
	try {
		return open();
	} catch (error) {
		const lock = reason === 'asked' && isStudioError(error, 'store.writeProtected') ? takeWriterLock(path) : null;
		if (lock === null || typeof lock === 'string') {
			throw error;
		}
		const connection = connect(path, { fileMustExist: true });
		try {
			versionOf(readDb(connection));
		} finally {
			connection.close();
			lock.release();
		}
		return open();
	}
}

/** A closed project is one plain file, which opens from read-only places too. Not while someone reads it. */
function leaveWal(db: WriteDb): void {
	try {
		pragma(db, 'busy_timeout = 0');
		pragma(db, 'journal_mode = DELETE');
	} catch (error) {
		// Readers, or a full disk: what is committed stands in the -wal file, and the next one to open takes it up.
		if (!isSqliteError(error) && !(error instanceof StudioError)) {
			throw error;
		}
	}
}

function refuseFuture(db: ReadDb, { path, version }: { path: string; version: number }): void {
	const fileVersion = versionOf(db);
	if (fileVersion > version) {
		throw new StudioError('store.fromFuture', { path, fileVersion, version });
	}
}

function refuseDamage(db: ReadDb, path: string): void {
	if (statSync(path).size <= checkedSizeBytes) {
		const [found] = all<{ quick_check: string }>(db, sql`PRAGMA quick_check(1)`);
		if (found?.quick_check !== 'ok') {
			throw new StudioError('store.damaged', { path, reason: found?.quick_check ?? 'it cannot be checked' });
		}
	}
}

/** The tables and rows that every project has. */
function refuseOddRecord(db: ReadDb, path: string): void {
	let reason = 'it has no project in it';
	try {
		const row = first<{ ok: number }>(
			db,
			sql`SELECT count(*) AS ok FROM project, counter WHERE counter.name = 'revision'`,
		);
		if (row?.ok === 1) {
			return;
		}
	} catch (error) {
		if (!isSqliteError(error)) {
			throw error;
		}
		reason = error.message;
	}
	throw new StudioError('store.damaged', { path, reason });
}

function isWritable(path: string): boolean {
	try {
		accessSync(path, constants.W_OK);
		return true;
	} catch {
		return false;
	}
}
