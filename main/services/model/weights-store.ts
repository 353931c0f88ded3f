import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dropPartial } from './download/partial-file.ts';
import type { ModelLibrary } from './library.ts';

/**
 * Weights files that Masklet fetched. They are kept beside the models made of them: a new version of Masklet may have
 * to make a model again. Named as their publisher names them; `NAME.part` is one on its way.
 */
export type WeightsStore = {
	folder: string;
	pathOf(fileName: string): string;
	/** Bytes of a kept weights file; 0 for one that is elsewhere or gone. */
	keptBytes(path: string): number;
	totals(): { weightsBytes: number; partialBytes: number };
	/** Deletes a kept weights file that no model but `modelId` is made of; the bytes that became free. */
	free(path: string, modelId: string): Promise<number>;
	/** Deletes what has come of a download, or of all; the bytes that became free. */
	dropPartials(fileName?: string): Promise<number>;
};

const partial = /\.part(\.json(\.new)?)?$/;

export function createWeightsStore(folder: string, library: ModelLibrary): WeightsStore {
	const names = (): string[] =>
		existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.') && sizeOf(name) > 0) : [];
	const sizeOf = (name: string): number => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
	const sumOf = (some: readonly string[]): number => some.reduce((sum, name) => sum + sizeOf(name), 0);
	const isKept = (path: string): boolean => dirname(path) === folder;

	function keptBytes(path: string): number {
		return isKept(path) ? (statSync(path, { throwIfNoEntry: false })?.size ?? 0) : 0;
	}

	return {
		folder,
		pathOf: (fileName) => join(folder, fileName),
		keptBytes,
		totals: () => ({
			weightsBytes: sumOf(names().filter((name) => !partial.test(name))),
			partialBytes: sumOf(names().filter((name) => partial.test(name))),
		}),
		free: async (path, modelId) => {
			const others = library.list().filter(({ model }) => model.modelId !== modelId);
			if (!isKept(path) || others.some(({ manifest }) => manifest.source.path === path)) {
				return 0;
			}
			const freedBytes = keptBytes(path);
			await rm(path, { force: true });
			return freedBytes;
		},
		dropPartials: async (fileName) => {
			const some = names().filter((name) => partial.test(name) && (!fileName || name.startsWith(`${fileName}.part`)));
			const freedBytes = sumOf(some);
			for (const name of new Set(some.map((each) => each.replace(partial, '')))) {
				await dropPartial(join(folder, name));
			}
			return freedBytes;
		},
	};
}
