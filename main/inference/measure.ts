import type { CreateSession, Tensor } from '../../models/predict/session.ts';
import type { GraphName } from '../../models/sam2/build.ts';
import type { FramePart } from '../../preload/common/device.ts';
import { readManifest } from './compile.ts';
import { configOf } from './manifest.ts';
import { measureInputs, measurePicture } from './measure-inputs.ts';
import { openBuiltinTracker } from './open-builtin.ts';
import type { ModelSource } from './protocol.ts';

/** What a device gave and how long it took. */
export type Measurement = {
	parts: { part: FramePart; millis: number }[];
	/** Numbers taken out of every output at even distances, to be compared with the CPU's; by graph and output. */
	samples: { name: string; values: Float32Array; hasOnlyNumbers: boolean }[];
};

const graphsOfFrame: readonly { part: FramePart; graphName: GraphName }[] = [
	{ part: 'imageEncoder', graphName: 'image-encoder' },
	{ part: 'memoryAttention', graphName: 'memory-attention' },
	{ part: 'maskDecoder', graphName: 'mask-decoder' },
	{ part: 'memoryEncoder', graphName: 'memory-encoder' },
];

/** A part is run once to warm up, then at least once and until so much time has gone. */
const timeOfPartMillis = 600;
const runsOfPart = 8;
const samplesOfOutput = 4096;

export type MeasureRequest = {
	source: ModelSource;
	/** Opens a graph where it is measured; the built-in model needs none. */
	createSession: CreateSession;
	/** From 0 to 1, after every step: a sign of life. */
	onProgress: (share: number) => void;
	signal: AbortSignal;
};

/** Runs every graph that a tracked frame needs, one at a time in memory, with inputs of a fixed pattern. */
export async function measureModel(request: MeasureRequest): Promise<Measurement> {
	const { source, signal, onProgress } = request;
	if (source.kind === 'builtin') {
		return { parts: [{ part: 'frame', millis: await measureBuiltin(signal) }], samples: [] };
	}
	const config = configOf(await readManifest(source.folder));
	const measurement: Measurement = { parts: [], samples: [] };
	let doneSteps = 0;
	const step = () => onProgress(++doneSteps / (graphsOfFrame.length * 3));
	for (const { part, graphName } of graphsOfFrame) {
		signal.throwIfAborted();
		const session = await request.createSession(graphName, signal);
		try {
			step();
			const inputs = measureInputs(graphName, config);
			const outputs = await session.run(inputs);
			step();
			measurement.samples.push(
				...Object.entries(outputs).map(([name, tensor]) => sample(`${graphName}/${name}`, tensor)),
			);
			measurement.parts.push({ part, millis: await fastest(() => session.run(inputs), signal) });
			step();
		} finally {
			await session.dispose();
		}
	}
	return measurement;
}

/** The fastest run: what disturbs a run makes it slower, never faster. */
async function fastest(run: () => Promise<unknown>, signal: AbortSignal): Promise<number> {
	let best = Infinity;
	const started = performance.now();
	for (let count = 0; count < runsOfPart && (count === 0 || performance.now() - started < timeOfPartMillis); count++) {
		signal.throwIfAborted();
		const from = performance.now();
		await run();
		best = Math.min(best, performance.now() - from);
	}
	return best;
}

/** Milliseconds a frame of the built-in model, one object at 720p; the first frame is left out. */
async function measureBuiltin(signal: AbortSignal): Promise<number> {
	const size = { width: 1280, height: 720 };
	const frameCount = 6;
	const pictures = Array.from({ length: frameCount }, (_, index) => measurePicture(index, size));
	const mask = { ...size, data: new Uint8Array(size.width * size.height) };
	for (let row = size.height / 3; row < (2 * size.height) / 3; row++) {
		mask.data.fill(1, row * size.width + size.width / 4, row * size.width + size.width / 2);
	}
	const tracker = await openBuiltinTracker();
	const segments = [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex: frameCount - 1 }];
	const results = tracker.track(
		{
			direction: 'forward',
			videoKey: 'measure',
			frameCount,
			...size,
			objects: [{ trackId: 1, anchors: [{ frameIndex: 0, mask, prompts: [] }], segments }],
			pictureAt: async (frameIndex) => pictures[frameIndex]!,
		},
		signal,
	);
	const millis: number[] = [];
	for (let started = performance.now(); !(await results.next()).done; started = performance.now()) {
		millis.push(performance.now() - started);
	}
	await tracker.dispose();
	return Math.min(...millis.slice(1));
}

function sample(name: string, { data }: Tensor): Measurement['samples'][number] {
	const stride = Math.max(1, Math.ceil(data.length / samplesOfOutput));
	const values = Float32Array.from({ length: Math.ceil(data.length / stride) }, (_, index) => data[index * stride]!);
	return { name, values, hasOnlyNumbers: data.every(Number.isFinite) };
}
