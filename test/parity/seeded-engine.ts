import { mkdirSync, openSync, closeSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openOrtSession } from '../../main/inference/ort-session.ts';
import { writeGraph } from '../../models/onnx/write.ts';
import { Sam2Engine } from '../../models/predict/engine.ts';
import type { Session } from '../../models/predict/session.ts';
import type { Dialect } from '../../models/onnx/graph.ts';
import type { GraphName, GraphVariant } from '../../models/sam2/build.ts';
import { buildGraph, expectedTensors } from '../../models/sam2/build.ts';
import type { Sam2Config } from '../../models/sam2/config.ts';
import type { SeededOptions } from './seeded-weights.ts';
import { seededTensor } from './seeded-weights.ts';

type SeededFolder = SeededOptions & { folder: string; dialect?: Dialect; variant?: GraphVariant; threads?: number };

/** An engine with weights drawn from a seed; its graphs are written to `folder` as they are needed. */
export function seededEngine(config: Sam2Config, options: SeededFolder): Sam2Engine {
	return new Sam2Engine(config, (name) => openSeededSession(name as GraphName, config, options));
}

/** Writes a graph with weights drawn from a seed to `folder`, and loads it. */
export async function openSeededSession(name: GraphName, config: Sam2Config, options: SeededFolder): Promise<Session> {
	mkdirSync(options.folder, { recursive: true });
	const graph = buildGraph(name, config, {
		dialect: options.dialect ?? 'contrib',
		...(options.variant ? { variant: options.variant } : {}),
	});
	const shapes = expectedTensors(config);
	const written = await writeGraph(graph, {
		location: `${name}.data`,
		loadWeight: (key) => Promise.resolve(seededTensor(key, shapes.get(key)!, options)),
	});
	const path = join(options.folder, `${name}.onnx`);
	writeFileSync(path, written.modelBytes);
	const file = openSync(join(options.folder, `${name}.data`), 'w');
	for (const tensor of written.external) {
		writeSync(file, await tensor.load(), 0, tensor.lengthBytes, tensor.offsetBytes);
	}
	closeSync(file);
	return openOrtSession(path, { threads: options.threads ?? 1 });
}
