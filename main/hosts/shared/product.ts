import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert } from '../../../preload/common/assert.ts';

/** Where the product's own files are, from source and from the bundle alike. */
export type Product = {
	folder: string;
	version: string;
	/** The built pages. */
	rendererFolder: string;
	/** The inference child's entry: its source where we run from source. */
	inferenceEntry: string;
	/** Electron's preload script. */
	preloadPath: string;
	/** The clip of the sample project. */
	samplePath: string;
	/** The list of official checkpoints. */
	cataloguePath: string;
};

export function findProduct(moduleFolder: string = import.meta.dirname): Product {
	let folder = moduleFolder;
	while (!existsSync(join(folder, 'package.json'))) {
		assert(dirname(folder) !== folder, `no package.json above ${moduleFolder}`);
		folder = dirname(folder);
	}
	const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
	const isSource = import.meta.filename.endsWith('.ts');
	return {
		folder,
		version,
		rendererFolder: join(folder, 'out', 'renderer'),
		inferenceEntry: isSource
			? join(folder, 'main', 'inference', 'child.ts')
			: join(folder, 'out', 'main', 'inference-child.js'),
		preloadPath: join(folder, 'out', 'preload', 'index.cjs'),
		samplePath: join(folder, 'resources', 'sample', 'sample.mp4'),
		cataloguePath: join(folder, 'resources', 'models.json'),
	};
}
