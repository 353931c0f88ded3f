import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { modelManifest } from '../../inference/manifest.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import { modelId } from '../../../preload/contract/model.ts';

/** Where the list of official checkpoints is, and what its addresses may be. */
export type CatalogueDeps = {
	path: string;
	/** Lets its addresses be `http://127.0.0.1`: for a list that the user's own environment names. */
	allowsLoopback: boolean;
};

const percent = z.number().min(0).max(100);
const entry = z.strictObject({
	/** What the model is called once it is there. */
	modelId,
	name: z.string().min(1).max(80),
	network: modelManifest.pick({ version: true, size: true }),
	url: z.url(),
	/** As published: no exact size is, so that a tenth more or less is taken. */
	approximateMebibytes: z.number().positive(),
	parametersMillions: z.number().positive(),
	licence: z.string(),
	/** J&F in percent as the publisher measured it. */
	accuracy: z.strictObject({ savTest: percent, moseVal: percent, lvosV2Val: percent }).nullable(),
});
const catalogue = z.strictObject({
	publisher: z.string(),
	/** Where the numbers are from. */
	accuracySource: z.url({ protocol: /^https$/ }),
	models: z.array(entry),
});

export type CatalogueEntry = z.infer<typeof entry> & {
	/** The last part of the address, which is the file's name here too. */
	fileName: string;
};

/** @throws model.badCatalogue, model.unsafeAddress */
export function readCatalogue(deps: CatalogueDeps): { entries: CatalogueEntry[]; accuracySource: string } {
	const { path } = deps;
	const { models, accuracySource } = parsed(path);
	const entries = models.map((model) => ({ ...model, fileName: fileNameOf(new URL(model.url)) }));
	const isRepeated = (key: 'modelId' | 'fileName') =>
		new Set(entries.map((model) => model[key].toLowerCase())).size < entries.length;
	if (isRepeated('modelId') || isRepeated('fileName')) {
		throw new StudioError('model.badCatalogue', { path, reason: 'two models have the same id or file name' });
	}
	entries.forEach((model) => checkAddress(new URL(model.url), deps));
	return { entries, accuracySource };
}

/** @throws model.notOfficial */
export function entryOf(entries: readonly CatalogueEntry[], catalogueId: string): CatalogueEntry {
	const found = entries.find((candidate) => candidate.modelId === catalogueId);
	if (!found) {
		throw new StudioError('model.notOfficial', { catalogueId, known: entries.map((candidate) => candidate.modelId) });
	}
	return found;
}

/**
 * Weights come over https alone: nobody on the way may put other ones in their place, as the publisher tells no checksum.
 *
 * @throws model.unsafeAddress
 */
export function checkAddress(url: URL, { allowsLoopback }: Pick<CatalogueDeps, 'allowsLoopback'>): void {
	const isLoopback = allowsLoopback && url.protocol === 'http:' && url.hostname === '127.0.0.1';
	if ((url.protocol !== 'https:' && !isLoopback) || url.username !== '' || url.password !== '') {
		throw new StudioError('model.unsafeAddress', { url: url.href });
	}
}

function parsed(path: string): z.infer<typeof catalogue> {
	try {
		return catalogue.parse(JSON.parse(readFileSync(path, 'utf8')));
	} catch (cause) {
		const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
		throw new StudioError('model.badCatalogue', { path, reason }, { cause });
	}
}

function fileNameOf(url: URL): string {
	const name = basename(url.pathname).replace(/[^a-z0-9._+-]/gi, '_');
	return /^[a-z0-9]/i.test(name) ? name : `weights-${name}`;
}
