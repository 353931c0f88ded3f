import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { ModelLibraryInfo, OfficialCheckpoint, OwnedModel } from '../../../preload/contract/model.ts';
import type { ServiceContext } from '../context.ts';
import { type CatalogueEntry, readCatalogue } from './catalogue.ts';
import { readPartial } from './download/partial-file.ts';
import { approximateBytesOf, freeBytesOf } from './get.ts';
import { type LibraryModel, type ModelLibrary, needsWeights, networkOf } from './library.ts';
import type { WeightsStore } from './weights-store.ts';

export type ShelfDeps = {
	library: ModelLibrary;
	weights: WeightsStore;
	/** The job that fetches an official checkpoint. */
	jobOf: (catalogueId: string) => number | null;
};

/** Everything that the models page shows: what can be used, what can be had, and the space that it takes. */
export async function shelfOf(context: ServiceContext, deps: ShelfDeps): Promise<ModelLibraryInfo> {
	const { library, weights } = deps;
	const { entries, accuracySource } = readCatalogue(context.deps.catalogue);
	const known = new Map(library.list().map((found) => [found.model.modelId, found]));
	const models: OwnedModel[] = context.inference.models().map((model) => {
		const found = known.get(model.modelId);
		if (!found) {
			return {
				...model,
				origin: 'builtin',
				catalogueId: null,
				network: model.name,
				needsWeights: false,
				weights: null,
			};
		}
		const { path, sha256 } = found.manifest.source;
		const catalogueId = entries.find((entry) => isOf(found, entry))?.modelId ?? null;
		return {
			...model,
			origin: catalogueId === null ? 'added' : 'official',
			catalogueId,
			network: networkOf(found.manifest),
			needsWeights: needsWeights(found.manifest),
			weights: { path, sha256, isThere: existsSync(path), keptBytes: weights.keptBytes(path) },
		};
	});
	const official = await Promise.all(entries.map((entry) => officialOf(entry, models, deps)));
	return {
		folder: library.folder,
		models,
		official,
		accuracySource,
		space: {
			...weights.totals(),
			modelsBytes: models.reduce((sum, model) => sum + model.sizeBytes, 0),
			freeBytes: await freeBytesOf(library.folder),
		},
	};
}

/** It was fetched as such, or a file of the publisher's own name was added under the id that it gets. */
function isOf({ model, manifest, about }: LibraryModel, entry: CatalogueEntry): boolean {
	if (about.official) {
		return about.official.catalogueId === entry.modelId;
	}
	const { size, version } = entry.network;
	const isSameNetwork = manifest.size === size && manifest.version === version;
	return isSameNetwork && model.modelId === entry.modelId && basename(manifest.source.path) === entry.fileName;
}

async function officialOf(
	entry: CatalogueEntry,
	models: readonly OwnedModel[],
	{ weights, jobOf }: ShelfDeps,
): Promise<OfficialCheckpoint> {
	const { modelId: catalogueId, name, url, licence, parametersMillions, accuracy, fileName } = entry;
	const path = weights.pathOf(fileName);
	const partial = await readPartial(path);
	const isUsable = partial !== null && partial.url === url && partial.receivedBytes > 0;
	return {
		...{ catalogueId, name, url, licence, parametersMillions, accuracy, path },
		approximateBytes: approximateBytesOf(entry),
		modelId: models.find((model) => model.catalogueId === catalogueId)?.modelId ?? null,
		partial: isUsable ? { receivedBytes: partial.receivedBytes, totalBytes: partial.totalBytes } : null,
		isFileThere: existsSync(path),
		jobId: jobOf(catalogueId),
	};
}
