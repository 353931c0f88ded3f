import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createBuiltinTracker } from '../../models/builtin/builtin-tracker.ts';
import type { Tracker } from '../../models/predict/tracker.ts';
import { assert } from '../../preload/common/assert.ts';
import { openOrtSession } from './ort-session.ts';
import { threadsHere } from './threads.ts';

export type OpenBuiltinOptions = {
	/** Threads of a graph's run. Default: as many as suit this machine. */
	threads?: number;
};

/** The model that ships with the product, on the CPU; the caller disposes it. */
export function openBuiltinTracker(options: OpenBuiltinOptions = {}): Promise<Tracker> {
	const { threads = threadsHere() } = options;
	const folder = graphFolder();
	// Read here and not by the runtime: in a packed application the files lie inside the archive.
	return createBuiltinTracker(async (graphName) =>
		openOrtSession(await readFile(join(folder, `${graphName}.onnx`)), { threads, flushesDenormals: true }),
	);
}

/** `resources/builtin` of the product, from source and from the bundle alike. */
export function graphFolder(): string {
	let folder = import.meta.dirname;
	while (!existsSync(join(folder, 'resources', 'builtin'))) {
		assert(dirname(folder) !== folder, `no resources/builtin above ${import.meta.dirname}`);
		folder = dirname(folder);
	}
	return join(folder, 'resources', 'builtin');
}
