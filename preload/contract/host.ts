import { z } from 'zod';
import { command, nothing, query } from './define.ts';

const entry = z.object({
	name: z.string(),
	path: z.string(),
	kind: z.enum(['folder', 'video', 'picture', 'project', 'weights', 'other']),
	sizeBytes: z.number(),
});

const dialogKind = z.enum(['importMedia', 'importFolder', 'openProject', 'newProject', 'exportFolder', 'addModel']);

/** What only the host knows: dialogs, folders, the product's version. */
export const hostContract = {
	info: query(
		nothing,
		z.object({
			kind: z.enum(['electron', 'loopback', 'cli']),
			version: z.string(),
			/** Native file dialogs; elsewhere the studio shows its own browser over `browse`. */
			hasDialogs: z.boolean(),
			/** A dropped file has a path; elsewhere it is uploaded into the project's media folder. */
			hasDropPaths: z.boolean(),
			documentsFolder: z.string(),
			platform: z.string(),
		}),
	),
	/**
	 * A folder's entries, folders first, in natural order. Of a file's path: those of its folder, the file being
	 * `named`. Of the documents folder while it is not there yet: those of the nearest one above.
	 */
	browse: query(
		z.object({ path: z.string() }),
		z.object({
			path: z.string(),
			parent: z.string().nullable(),
			entries: z.array(entry),
			named: z.string().nullable(),
		}),
	),
	/** Shows a native dialog; empty when cancelled. Only where `hasDialogs`. */
	pick: command(z.object({ kind: dialogKind, suggestedName: z.string().optional() }), z.array(z.string())),
	makeFolder: command(z.object({ path: z.string().min(1) }), z.null()),
	/** Opens the file manager at a path. Only where `hasDialogs`. */
	reveal: command(z.object({ path: z.string() }), z.null()),
};

export type BrowseEntry = z.infer<typeof entry>;
export type DialogKind = z.infer<typeof dialogKind>;
