import type Database from 'better-sqlite3';

declare const canRead: unique symbol;
declare const canWrite: unique symbol;

/** A connection with its prepared statements. Functions that only read take a `ReadDb`. */
export type ReadDb = {
	readonly connection: Database.Database;
	readonly statements: Map<string, Database.Statement<unknown[]>>;
	readonly [canRead]: true;
};

/** The one connection that may write, handed out within a transaction alone. */
export type WriteDb = ReadDb & { readonly [canWrite]: true };

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
	return readDb(connection) as WriteDb;
}

/** The statement, prepared once a connection. */
export function prepared(db: ReadDb, text: Sql): Database.Statement<unknown[]> {
	let statement = db.statements.get(text);
	if (!statement) {
		statement = db.connection.prepare<unknown[]>(text);
		db.statements.set(text, statement);
	}
	return statement;
}

export function all<T>(db: ReadDb, text: Sql, parameters: SqlParameters = {}): T[] {
	return prepared(db, text).all(parameters) as T[];
}

export function first<T>(db: ReadDb, text: Sql, parameters: SqlParameters = {}): T | undefined {
	return prepared(db, text).get(parameters) as T | undefined;
}

/** Runs a write; returns how many rows it changed and the id of the last one inserted. */
export function run(db: WriteDb, text: Sql, parameters: SqlParameters = {}): { changes: number; rowId: number } {
	const result = prepared(db, text).run(parameters);
	return { changes: result.changes, rowId: Number(result.lastInsertRowid) };
}
