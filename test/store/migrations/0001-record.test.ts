import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { all, sql, writeDb } from '../../../main/store/db.ts';
import { migrate, versionOf } from '../../../main/store/migrate.ts';
import { recordTables as migration } from '../../../main/store/migrations/0001-record.ts';
import { columnsOf, frameColumns, recordTables } from '../../../main/store/tables.ts';
import type { RecordTable } from '../../../main/store/types.ts';

test('version 1 has the tables that the code writes, all STRICT, and an image column for every frame column', () => {
	const db = writeDb(new Database(':memory:'));
	migrate(db, [migration]);
	expect(versionOf(db)).toBe(1);
	const tables = all<{ name: string; strict: number }>(
		db,
		sql`SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
	);
	expect(tables.filter((table) => table.strict === 0)).toEqual([]);
	expect(tables.map((table) => table.name)).toEqual([
		'blob',
		'counter',
		'edit',
		'frame',
		'frameImage',
		'label',
		'op',
		'pass',
		'passFrame',
		'passSegment',
		'project',
		'prompt',
		'track',
		'video',
	]);
	const inFile = (table: string): string[] =>
		all<{ name: string }>(db, sql`SELECT name FROM pragma_table_info(@table) ORDER BY cid`, { table }).map(
			(column) => column.name,
		);
	for (const table of Object.keys(recordTables) as RecordTable[]) {
		expect(columnsOf(table)).toEqual(inFile(table));
	}
	expect(inFile('frame')).toEqual([...frameColumns]);
	expect(inFile('frameImage')).toEqual(['opId', 'side', ...frameColumns]);
	db.connection.close();
});
