import { mkdirSync, openSync, closeSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openOrtSession } from '../../main/inference/ort-session.ts';
import { writeGraph } from '../../models/onnx/write.ts';
import { Sam2Engine } from '../../models/predict/engine.ts';
import type { Dialect, GraphName } from '../../models/sam2/build.ts';
import { buildGraph } from '../../models/sam2/build.ts';
import type { Sam2Config } from '../../models/sam2/config.ts';
import type { SeededOptions } from './seeded-weights.ts';
import { seededTensor } from './seeded-weights.ts';

/** An engine with weights drawn from a seed; its graphs are written to `folder` as they are needed. */
export function seededEngine(
	config: Sam2Config,
	options: SeededOptions & { folder: string; dialect?: Dialect; threads?: number },
): Sam2Engine {
	mkdirSync(options.folder, { recursive: true });
	return new Sam2Engine(config, async (name) => {
		const graph = buildGraph(name as GraphName, config, { dialect: options.dialect ?? 'contrib' });
		const written = await writeGraph(graph, {
			location: `${name}.data`,
			loadWeight: (key) => Promise.resolve(seededTensor(key, graph.weights.get(key)!.shape, options)),
		});
		const path = join(options.folder, `${name}.onnx`);
		writeFileSync(path, written.modelBytes);
		const file = openSync(join(options.folder, `${name}.data`), 'w');
		for (const tensor of written.external) {
			writeSync(file, await tensor.load(), 0, tensor.lengthBytes, tensor.offsetBytes);
		}
		closeSync(file);
		return openOrtSession(path, { threads: options.threads ?? 1 });
	});
}
