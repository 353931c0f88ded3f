import { Sam2Engine } from '../../models/predict/engine.ts';
import type { FeaturePrecision } from '../../models/predict/feature-bytes.ts';
import type { Sam2TrackerOptions } from '../../models/predict/sam2-tracker.ts';
import { Sam2Tracker } from '../../models/predict/sam2-tracker.ts';
import type { CreateSession, Session } from '../../models/predict/session.ts';
import type { GraphName } from '../../models/sam2/build.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import { readManifest } from './compile.ts';
import { type GraphForm, graphOf } from './device-graph.ts';
import { type DeviceUse, dialectOf } from './devices.ts';
import { FeatureFiles } from './feature-files.ts';
import { halfSessions } from './half-session.ts';
import { COMPILER_VERSION, configOf, type ModelManifest } from './manifest.ts';
import { openOrtSession, type OrtSessionOptions } from './ort-session.ts';
import type { FeatureFolder } from './protocol.ts';
import { threadsHere } from './threads.ts';

export type OpenSam2Options = Sam2TrackerOptions & {
	/** A folder that compileModel made. */
	folder: string;
	/** Threads of a graph's run. Default: as many as suit this machine. */
	threads?: number;
	/** Where frames' features are kept beside memory. Default: nowhere. */
	features?: FeatureFolder;
	/** Where graphs run. Default: the CPU. */
	device?: DeviceUse;
	/** Loads a graph. Default: with ONNX Runtime. */
	openSession?: OpenSession;
};

/** Opens a graph: its file's path or its bytes. */
export type OpenSession = (
	graph: { name: GraphName; content: string | Uint8Array },
	options: OrtSessionOptions,
) => Promise<Session>;

/** A compiled model as a tracker. Graphs are loaded when first needed; the caller disposes the tracker. */
export async function openSam2Tracker(options: OpenSam2Options): Promise<Sam2Tracker> {
	const { folder, threads: _threads, device, openSession: _open, features, ...trackerOptions } = options;
	const manifest = await readManifest(folder);
	if (manifest.compilerVersion !== COMPILER_VERSION) {
		throw new StudioError('model.outdated', { folder });
	}
	const featureStore =
		features &&
		new FeatureFiles({
			...features,
			modelKey: modelKeyOf(manifest, trackerOptions.featurePrecision ?? 'half', device),
		});
	const graphs = graphsOf(options);
	const createSession =
		device?.floats === 'fp16'
			? halfSessions(graphs, graphsOf({ ...options, device: { ...device, floats: 'fp32' } }))
			: graphs;
	return new Sam2Tracker(new Sam2Engine(configOf(manifest), createSession), {
		...trackerOptions,
		...(featureStore ? { featureStore } : {}),
	});
}

/** Names what features depend on beside the picture. */
function modelKeyOf(manifest: ModelManifest, featurePrecision: FeaturePrecision, device?: DeviceUse): string {
	const { source, imageSize, compilerVersion, precision } = manifest;
	const { dialect, floats } = formOf(device);
	return [
		source.sha256.slice(0, 16),
		imageSize,
		compilerVersion,
		precision,
		featurePrecision,
		device?.deviceId ?? 'cpu',
		dialect,
		floats,
	].join('-');
}

function formOf(device: DeviceUse | undefined): GraphForm {
	return { dialect: dialectOf(device?.deviceId ?? 'cpu'), floats: device?.floats ?? 'fp32' };
}

/** Loads graphs of a model folder, as a tracker does and as they are measured. */
export function graphsOf(
	options: Pick<OpenSam2Options, 'folder' | 'threads' | 'device' | 'openSession'>,
): CreateSession {
	const { folder, threads = threadsHere(), device } = options;
	const { openSession = (graph, given) => openOrtSession(graph.content, given) } = options;
	return async (graphName) => {
		const name = graphName as GraphName;
		const content = await graphOf(folder, name, formOf(device));
		const ortOptions = { threads, dataFolder: folder, ...(device ? { device } : {}) };
		return openSession({ name, content }, ortOptions);
	};
}
