import { assert } from '../../preload/common/assert.ts';
import { all, execute, pragma, sql, type ReadDb, type WriteDb } from './db.ts';
import type { Migration } from './migrations/index.ts';

/** The version of a project file: how many migrations it went through. */
export function versionOf(db: ReadDb): number {
	return pragma<number>(db, 'user_version');
}

/** Runs the migrations that a file has not seen, each in a transaction of its own. */
export function migrate(db: WriteDb, migrations: readonly Migration[]): void {
	// Tables are rebuilt freely within a migration; what points nowhere after it is found before the commit.
	pragma(db, 'foreign_keys = OFF');
	for (let version = versionOf(db) + 1; version <= migrations.length; version++) {
		execute(db, sql`BEGIN IMMEDIATE`);
		try {
			migrations[version - 1]!(db);
			const broken = all(db, sql`PRAGMA foreign_key_check`);
			assert(broken.length === 0, `migration ${version} leaves ${broken.length} rows that point nowhere`);
			pragma(db, `user_version = ${version}`);
			execute(db, sql`COMMIT`);
		} catch (error) {
			if (db.connection.inTransaction) {
				execute(db, sql`ROLLBACK`);
			}
			throw error;
		}
	}
	pragma(db, 'foreign_keys = ON');
}
