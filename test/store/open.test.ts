import { spawnSync } from 'node:child_process';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isStudioError } from '../../preload/common/studio-error.ts';
import { all, execute, first, pragma, sql, type Sql } from '../../main/store/db.ts';
import {
	historyState,
	listVideos,
	openStore,
	projectCounts,
	readProject,
	runEdit,
	updateRow,
} from '../../main/store/index.ts';
import { migrations } from '../../main/store/migrations/index.ts';
import { applicationId } from '../../main/store/project-file.ts';
import { createStore, dump, importVideo, scratchFolder, tickingClock } from './support.ts';

const now = tickingClock();

test('a project is created, closed and found again as one plain file', () => {
	using folder = scratchFolder();
	const path = join(folder.path, 'project.masklet');
	const store = createStore(folder.path);
	expect(pragma(store.db, 'journal_mode')).toBe('wal');
	expect(pragma(store.db, 'synchronous')).toBe(2);
	expect(pragma(store.db, 'foreign_keys')).toBe(1);
	expect(pragma(store.db, 'application_id')).toBe(applicationId);
	expect(pragma(store.db, 'auto_vacuum')).toBe(2);
	const loose = all<{ name: string }>(
		store.db,
		sql`SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0`,
	);
	expect(loose.map((table) => table.name).filter((name) => !name.startsWith('sqlite_'))).toEqual([]);
	expect(readProject(store.db)).toEqual({
		projectId: 1,
		name: 'Test',
		createdAtMillis: 1_700_000_001_000,
		modelId: null,
		settings: {},
	});
	importVideo(store, { name: 'a.mp4', frameCount: 10, trackCount: 2 });
	const before = dump(store.db);
	store.close();
	store.close();
	expect(readdirSync(folder.path).sort()).toEqual(['project.masklet', 'project.masklet.lock']);

	using again = openStore(path, { mode: 'edit', now });
	expect(again).toMatchObject({ isReadOnly: false, readOnlyReason: null, backupPath: null });
	expect(dump(again.db)).toBe(before);
	expect(projectCounts(again.db)).toEqual({ videoCount: 1, trackCount: 2 });
	expect(listVideos(again.db)).toMatchObject([
		{ name: 'a.mp4', trackCount: 2, isVariableRate: false, decoder: { name: 'Chromium' }, notices: [] },
	]);
});

test('one writes, others read and see what is committed; the place is free again after', () => {
	using folder = scratchFolder();
	const writer = createStore(folder.path);
	const second = openStore(writer.path, { mode: 'edit', now });
	expect(second).toMatchObject({ isReadOnly: true, readOnlyReason: 'locked' });
	const third = openStore(writer.path, { mode: 'read', now });
	expect(third).toMatchObject({ isReadOnly: true, readOnlyReason: 'asked' });
	importVideo(writer, { name: 'a.mp4', frameCount: 10, trackCount: 1 });
	expect(dump(second.db)).toBe(dump(writer.db));
	expect(dump(third.db)).toBe(dump(writer.db));
	const rename = { name: 'Rename', kind: 'project.update' };
	expect(caught(() => runEdit(second, rename, () => 1))).toMatchObject({ code: 'project.readOnly' });
	expect(caught(() => runEdit(third, rename, () => 1))).toMatchObject({ code: 'store.writeProtected' });
	// A reader keeps the writer from leaving WAL; what was committed is there all the same.
	writer.close();
	const next = openStore(writer.path, { mode: 'edit', now });
	expect(next.isReadOnly).toBe(false);
	runEdit(next, rename, (db) => updateRow(db, 'project', 1, { name: 'Renamed' }));
	expect(readProject(second.db).name).toBe('Renamed');
	for (const store of [second, third, next]) {
		store.close();
	}
});

test('what is no project is refused with its sentence and left alone', () => {
	using folder = scratchFolder();
	const at = (name: string): string => join(folder.path, name);
	const open = (path: string) => caught(() => openStore(path, { mode: 'edit', now }));
	const create = (path: string) => caught(() => openStore(path, { mode: 'create', now }));
	createStore(folder.path).close();
	const good = at('project.masklet');

	expect(create(good)).toMatchObject({ code: 'file.exists' });
	expect(create(at('project.db'))).toMatchObject({ code: 'store.suffix' });
	expect(create(at('.masklet'))).toMatchObject({ code: 'store.suffix' });
	expect(create(at('nowhere/project.masklet'))).toMatchObject({ code: 'store.folderMissing' });
	expect(open(at('none.masklet'))).toMatchObject({ code: 'file.notFound' });
	mkdirSync(at('folder.masklet'));
	expect(open(at('folder.masklet'))).toMatchObject({ code: 'store.isFolder' });
	writeFileSync(at('empty.masklet'), '');
	expect(open(at('empty.masklet'))).toMatchObject({ code: 'store.notProject' });
	writeFileSync(at('text.masklet'), 'not a database at all, but longer than its header '.repeat(10));
	expect(open(at('text.masklet'))).toMatchObject({ code: 'store.notProject' });

	const edited = (name: string, ...statements: Sql[]): string => {
		copyFileSync(good, at(name));
		const store = openStore(at(name), { mode: 'edit', now });
		statements.forEach((statement) => execute(store.db, statement));
		store.close();
		return at(name);
	};
	expect(open(edited('other.masklet', sql`PRAGMA application_id = 1`))).toMatchObject({ code: 'store.notProject' });
	const future = edited('future.masklet', sql`PRAGMA user_version = 99`);
	const bytes = readFileSync(future);
	for (const mode of ['edit', 'read'] as const) {
		expect(caught(() => openStore(future, { mode, now }))).toMatchObject({
			code: 'store.fromFuture',
			data: { path: future, fileVersion: 99, version: migrations.length },
		});
	}
	expect(readFileSync(future).equals(bytes)).toBe(true);
	expect(open(edited('hollow.masklet', sql`DELETE FROM project`))).toMatchObject({ code: 'store.damaged' });
	expect(open(edited('torn.masklet', sql`DROP TABLE counter`))).toMatchObject({ code: 'store.damaged' });

	copyFileSync(good, at('short.masklet'));
	truncateSync(at('short.masklet'), 5000);
	expect(open(at('short.masklet'))).toMatchObject({ code: 'store.damaged' });
	const scribbled = readFileSync(good);
	scribbled.fill(0x5a, 4096 * 3, 4096 * 5);
	writeFileSync(at('scribbled.masklet'), scribbled);
	expect(open(at('scribbled.masklet'))).toMatchObject({ code: 'store.damaged' });

	// None of it holds a lock, and the good one is as good as before.
	for (const name of readdirSync(folder.path).filter((entry) => entry.endsWith('.lock'))) {
		expect(readFileSync(at(name)).length).toBe(0);
	}
	using store = openStore(good, { mode: 'edit', now });
	expect(store.isReadOnly).toBe(false);
});

test('permissions are told in sentences', () => {
	using folder = scratchFolder();
	createStore(folder.path).close();
	// Root passes every permission, so another user asks.
	const script = `
		import { openStore } from ${JSON.stringify(join(import.meta.dirname, '../../main/store/index.ts'))};
		const [path, mode] = process.argv.slice(-2);
		if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
		try {
			const store = openStore(path, { mode, now: Date.now });
			console.log(store.readOnlyReason);
			store.close();
		} catch (error) {
			console.log(error.code);
		}
	`;
	const ask = (name: string, mode: string): string => {
		const path = join(folder.path, name);
		const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, '--', path, mode], {
			encoding: 'utf8',
		});
		return child.stdout.trim() || child.stderr;
	};
	const chmod = (mode: string, name: string) => spawnSync('chmod', [mode, join(folder.path, name)]);
	chmod('755', '.');
	chmod('555', '.');
	chmod('444', 'project.masklet');
	expect(ask('project.masklet', 'edit')).toBe('protected');
	expect(ask('new.masklet', 'create')).toBe('file.denied');
	chmod('000', 'project.masklet');
	expect(ask('project.masklet', 'edit')).toBe('file.denied');
	chmod('755', '.');
});

test('an older file is copied, then brought up to date; a migration that fails leaves it as it was', () => {
	using folder = scratchFolder();
	const store = createStore(folder.path);
	const path = store.path;
	importVideo(store, { name: 'a.mp4', frameCount: 10, trackCount: 1 });
	const before = dump(store.db);
	store.close();

	const second = (db: Parameters<(typeof migrations)[number]>[0]): void =>
		execute(db, sql`ALTER TABLE track ADD COLUMN note TEXT`);
	const newer = [...migrations, second];
	expect(caught(() => openStore(path, { mode: 'read', now, migrations: newer }))).toMatchObject({
		code: 'store.fromPast',
	});

	const failing = [
		...migrations,
		(db: Parameters<typeof second>[0]): void => {
			second(db);
			execute(db, sql`INSERT INTO track (videoId) VALUES (77)`);
		},
	];
	expect(() => openStore(path, { mode: 'edit', now, migrations: failing })).toThrow('NOT NULL');
	const backups = (): string[] =>
		readdirSync(folder.path)
			.filter((name) => name.includes('.version-'))
			.sort();
	expect(backups()).toEqual(['project.version-1.masklet']);

	using upgraded = openStore(path, { mode: 'edit', now, migrations: newer });
	expect(upgraded.backupPath).toBe(join(folder.path, 'project.version-1-2.masklet'));
	expect(first(upgraded.db, sql`SELECT note FROM track`)).toEqual({ note: null });
	expect(dump(upgraded.db)).toBe(before);
	expect(pragma(upgraded.db, 'foreign_keys')).toBe(1);
	using copy = openStore(upgraded.backupPath!, { mode: 'edit', now });
	expect(dump(copy.db)).toBe(before);
	expect(historyState(copy.db).undoName).toBe('Import a.mp4');
	expect(caught(() => openStore(path, { mode: 'read', now }))).toMatchObject({ code: 'store.fromFuture' });
});

test('a journal that a kill left is played back, for those who only read too', () => {
	using folder = scratchFolder();
	const store = createStore(folder.path);
	importVideo(store, { name: 'a.mp4', frameCount: 20_000, trackCount: 1 });
	const before = dump(store.db);
	store.close();
	// Killed in a transaction that is half in the file: with so small a cache, pages go there before the commit.
	const script = `
		const connection = new (require('better-sqlite3'))(process.argv[1]);
		connection.pragma('cache_size = 2');
		connection.exec("BEGIN; UPDATE blob SET bytes = zeroblob(500000); UPDATE video SET name = 'half'");
		process.kill(process.pid, 'SIGKILL');
	`;
	const { signal } = spawnSync(process.execPath, ['-e', script, store.path], { cwd: import.meta.dirname });
	expect(signal).toBe('SIGKILL');
	expect(statSync(`${store.path}-journal`).size).toBeGreaterThan(4096);
	using reader = openStore(store.path, { mode: 'read', now });
	expect(dump(reader.db)).toBe(before);
	expect(existsSync(`${store.path}-journal`)).toBe(false);
	using writer = openStore(store.path, { mode: 'edit', now });
	expect(writer.isReadOnly).toBe(false);
});

test('a creation that a kill cut off is made anew', () => {
	using folder = scratchFolder();
	writeFileSync(join(folder.path, 'project.masklet.part'), 'half a database');
	writeFileSync(join(folder.path, 'project.masklet.part-journal'), 'half a journal');
	createStore(folder.path).close();
	expect(existsSync(join(folder.path, 'project.masklet.part'))).toBe(false);
});

function caught(work: () => unknown): { code: string; data: unknown; message: string } {
	try {
		work();
	} catch (error) {
		if (isStudioError(error)) {
			expect(error.message.length).toBeGreaterThan(30);
			return error;
		}
		throw error;
	}
	throw new Error('nothing was refused');
}
