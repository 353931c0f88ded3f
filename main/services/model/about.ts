import { readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * What Masklet knows of a model beside its manifest: a file beside the model's folder, as the folder is made anew when
 * the compiler changes.
 */
const about = z.object({
	/** Given by the user; null: its network's. */
	name: z.string().nullable(),
	/** Where an official checkpoint came from; null for a file of one's own. */
	official: z
		.object({
			catalogueId: z.string(),
			url: z.string(),
			licence: z.string(),
			/** Of the bytes as they came; null where the file was put in its place by hand. */
			receivedSha256: z.string().nullable(),
		})
		.nullable(),
});

export type AboutModel = z.infer<typeof about>;
export type OfficialSource = NonNullable<AboutModel['official']>;

const nothingKnown: AboutModel = { name: null, official: null };

/** Where there is none, or a damaged one, the model works all the same. */
export function readAbout(folder: string, modelId: string): AboutModel {
	try {
		return about.parse(JSON.parse(readFileSync(pathOf(folder, modelId), 'utf8')));
	} catch {
		return nothingKnown;
	}
}

export async function writeAbout(folder: string, modelId: string, change: Partial<AboutModel>): Promise<void> {
	const path = pathOf(folder, modelId);
	const next = { ...readAbout(folder, modelId), ...change };
	if (next.name === null && next.official === null) {
		await rm(path, { force: true });
		return;
	}
	await writeFile(`${path}.new`, `${JSON.stringify(next, null, '\t')}\n`);
	await rename(`${path}.new`, path);
}

export async function removeAbout(folder: string, modelId: string): Promise<void> {
	await rm(pathOf(folder, modelId), { force: true });
}

/** The dot keeps it from being the folder of any model: ids start with a letter or digit. */
function pathOf(folder: string, modelId: string): string {
	return join(folder, `.${modelId}.about.json`);
}
