import { join } from 'node:path';
import { Sam2Engine } from '../../models/predict/engine.ts';
import type { Sam2TrackerOptions } from '../../models/predict/sam2-tracker.ts';
import { Sam2Tracker } from '../../models/predict/sam2-tracker.ts';
import type { CreateSession } from '../../models/predict/session.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import { readManifest } from './compile.ts';
import { COMPILER_VERSION, configOf } from './manifest.ts';
import { openOrtSession } from './ort-session.ts';

export type OpenSam2Options = Sam2TrackerOptions & {
	/** A folder that compileModel made. */
	folder: string;
	/** Threads of a graph's run. Default 2. */
	threads?: number;
	/** Loads a graph of the folder; the default runs it on the CPU. */
	createSession?: CreateSession;
};

/** A compiled model as a tracker. Graphs are loaded when first needed; the caller disposes the tracker. */
export async function openSam2Tracker(options: OpenSam2Options): Promise<Sam2Tracker> {
	const { folder, threads = 2, createSession, ...trackerOptions } = options;
	const manifest = await readManifest(folder);
	if (manifest.compilerVersion !== COMPILER_VERSION) {
		throw new StudioError('model.outdated', { folder });
	}
	const create: CreateSession =
		createSession ?? ((graphName) => openOrtSession(join(folder, `${graphName}.onnx`), { threads }));
	return new Sam2Tracker(new Sam2Engine(configOf(manifest), create), trackerOptions);
}
