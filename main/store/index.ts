/** The store, as services use it. SQL and the writable connection stay inside. */
export * from './api.ts';
export type { ReadDb } from './db.ts';
export type * from './types.ts';
