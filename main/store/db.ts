import type Database from 'better-sqlite3';
import { translated } from './sqlite-error.ts';

declare const canRead: unique symbol;
declare const canWrite: unique symbol;

/** A connection with its prepared statements. Functions that only read take a `ReadDb`. */
export type ReadDb = {
	readonly connection: Database.Database;
	readonly statements: Map<string, Database.Statement<unknown[]>>;
	readonly [canRead]: true;
};

/** The connection that may write; edits and commands get it within their transaction. */
export type WriteDb = ReadDb & {
	/** Blobs asked for while a collection is under way, which spares them; null while there is none. */
	readonly spared: { blobIds: Set<number> | null };
	readonly [canWrite]: true;
};

export type SqlValue = null | number | string | Uint8Array;
/** Bound by name (`@name`). */
export type SqlParameters = Record<string, SqlValue>;
export type Sql = string & { readonly sql: unique symbol };

/** Marks a statement. Values are bound, never spliced in; what is spliced is a name from our own tables. */
export function sql(strings: TemplateStringsArray, ...names: string[]): Sql {
	return String.raw({ raw: strings }, ...names) as Sql;
}

export function readDb(connection: Database.Database): ReadDb {
	return { connection, statements: new Map() } as unknown as ReadDb;
}

export function writeDb(connection: Database.Database): WriteDb {
	return { connection, statements: new Map(), spared: { blobIds: null } } as unknown as WriteDb;
}

export function all<T>(db: ReadDb, text: Sql, parameters: SqlParameters = {}): T[] {
	return guarded(db, () => prepared(db, text).all(parameters) as T[]);
}

/** Rows as arrays, for reads of thousands. */
export function allRaw<T extends readonly SqlValue[]>(db: ReadDb, text: Sql, parameters: SqlParameters = {}): T[] {
	return guarded(db, () => {
		const statement = prepared(db, text).raw(true);
		try {
			return statement.all(parameters) as unknown as T[];
		} finally {
			statement.raw(false);
		}
	});
}

export function first<T>(db: ReadDb, text: Sql, parameters: SqlParameters = {}): T | undefined {
	return guarded(db, () => prepared(db, text).get(parameters) as T | undefined);
}

/** Runs a write; returns how many rows it changed and the id of the last one inserted. */
export function run(db: WriteDb, text: Sql, parameters: SqlParameters = {}): { changes: number; rowId: number } {
	return guarded(db, () => {
		const result = prepared(db, text).run(parameters);
		return { changes: result.changes, rowId: Number(result.lastInsertRowid) };
	});
}

/** Runs statements that take no values: schema, transaction control. */
export function execute(db: ReadDb, text: Sql): void {
	guarded(db, () => db.connection.exec(text));
}

export function pragma<T>(db: ReadDb, text: string): T {
	return guarded(db, () => db.connection.pragma(text, { simple: true }) as T);
}

/** How SQLite would run a statement: one line a step. For plan tests. */
export function planOf(db: ReadDb, text: Sql, parameters: SqlParameters = {}): string[] {
	return all<{ detail: string }>(db, sql`EXPLAIN QUERY PLAN ${text}`, parameters).map((step) => step.detail);
}

function prepared(db: ReadDb, text: Sql): Database.Statement<unknown[]> {
	let statement = db.statements.get(text);
	if (!statement) {
		statement = db.connection.prepare<unknown[]>(text);
		db.statements.set(text, statement);
	}
	return statement;
}

function guarded<T>(db: ReadDb, work: () => T): T {
	try {
		return work();
	} catch (error) {
		throw translated(error, db.connection.name);
	}
}
