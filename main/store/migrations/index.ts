import type { WriteDb } from '../db.ts';
import { recordTables } from './0001-record.ts';

/**
 * Brings a file from one version to the next, inside a transaction. Never edited after release. A column added to
 * `frame` goes to `frameImage` too, at the same place.
 */
export type Migration = (db: WriteDb) => void;

/** Migration n, from 1, makes version n. */
export const migrations: readonly Migration[] = [recordTables];
