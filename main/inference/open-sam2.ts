import { join } from 'node:path';
import { Sam2Engine } from '../../models/predict/engine.ts';
import type { Sam2TrackerOptions } from '../../models/predict/sam2-tracker.ts';
import { Sam2Tracker } from '../../models/predict/sam2-tracker.ts';
import type { CreateSession } from '../../models/predict/session.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import { readManifest } from './compile.ts';
import type { DeviceUse } from './devices.ts';
import { COMPILER_VERSION, configOf } from './manifest.ts';
import { openOrtSession, type OrtSessionOptions } from './ort-session.ts';
import type { Session } from '../../models/predict/session.ts';

export type OpenSam2Options = Sam2TrackerOptions & {
	/** A folder that compileModel made. */
	folder: string;
	/** Threads of a graph's run. Default 2. */
	threads?: number;
	/** Where graphs run. Default: the CPU. */
	device?: DeviceUse;
	/** Loads a graph file. Default: with ONNX Runtime. */
	openSession?: OpenSession;
};

export type OpenSession = (path: string, options: OrtSessionOptions) => Promise<Session>;

/** A compiled model as a tracker. Graphs are loaded when first needed; the caller disposes the tracker. */
export async function openSam2Tracker(options: OpenSam2Options): Promise<Sam2Tracker> {
	const { folder, threads: _threads, device: _device, openSession: _open, ...trackerOptions } = options;
	const manifest = await readManifest(folder);
	if (manifest.compilerVersion !== COMPILER_VERSION) {
		throw new StudioError('model.outdated', { folder });
	}
	return new Sam2Tracker(new Sam2Engine(configOf(manifest), graphsOf(options)), trackerOptions);
}

/** Loads graphs of a model folder, as a tracker does and as they are measured. */
export function graphsOf(
	options: Pick<OpenSam2Options, 'folder' | 'threads' | 'device' | 'openSession'>,
): CreateSession {
	const { folder, threads = 2, device, openSession = openOrtSession } = options;
	return (graphName) => openSession(join(folder, `${graphName}.onnx`), { threads, ...(device ? { device } : {}) });
}
