import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dialect } from '../../models/onnx/graph.ts';
import { inlineTensors } from '../../models/onnx/inline-tensors.ts';
import { writeGraph } from '../../models/onnx/write.ts';
import { buildGraph, type GraphName } from '../../models/sam2/build.ts';
import type { FloatSize } from '../../preload/common/device.ts';
import { assert } from '../../preload/common/assert.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import { readManifest } from './compile.ts';
import { COMPILER_VERSION, configOf } from './manifest.ts';

/** How a device wants a graph. */
export type GraphForm = { dialect: Dialect; floats: FloatSize };

/**
 * The graph `name` of a model folder in a form: the path of its file, or, where the form is another than the file's,
 * its bytes. They read the data file of the folder, as every form has the same tensors; the small ones are taken out
 * of the file.
 *
 * @throws model.notCompiled, model.outdated
 */
export async function graphOf(
	folder: string,
	name: GraphName,
	{ dialect, floats }: GraphForm,
): Promise<string | Uint8Array> {
	const path = join(folder, `${name}.onnx`);
	if (dialect === 'contrib' && floats === 'fp32') {
		return path;
	}
	const manifest = await readManifest(folder);
	const { compilerVersion, precision, memoryPooling } = manifest;
	if (compilerVersion !== COMPILER_VERSION) {
		throw new StudioError('model.outdated', { folder });
	}
	const location = `${name}.data`;
	const graph = buildGraph(name, configOf(manifest), {
		dialect,
		floats,
		variant: { precision, memoryPooling },
	});
	const { modelBytes, externalBytes } = await writeGraph(graph, {
		location,
		known: inlineTensors(await readFile(path)),
		loadWeight: (key) => Promise.reject(new Error(`${key} is in no file of ${folder}`)),
	});
	assert(
		manifest.files.some((file) => file.name === location && file.sizeBytes === externalBytes),
		location,
	);
	return modelBytes;
}
