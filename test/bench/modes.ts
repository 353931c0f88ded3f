import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBuiltinTracker } from '../../main/inference/open-builtin.ts';
import { openOrtSession } from '../../main/inference/ort-session.ts';
import { Sam2Engine } from '../../models/predict/engine.ts';
import { Sam2Tracker } from '../../models/predict/sam2-tracker.ts';
import { StridedTracker } from '../../models/predict/strided-tracker.ts';
import type { TrackedMask, Tracker } from '../../models/predict/tracker.ts';
import { type GraphName, plainVariant } from '../../models/sam2/build.ts';
import { sam2Config } from '../../models/sam2/config.ts';
import { defaultModes, modeNames, modeTable, type ModelModes } from '../../preload/common/model-modes.ts';
import { seededEllipse, seededFrame } from '../parity/seeded-clip.ts';
import { openSeededSession } from '../parity/seeded-engine.ts';
import { benchLine, type BenchLine } from './bench-line.ts';
import { openAccuracy } from './modes-accuracy.ts';

/** `MASKLET_BENCH_FRAMES=8` for a quick look; a multiple of 4. It limits the clip of J&F as well. */
const frameLimit = process.env.MASKLET_BENCH_FRAMES === undefined ? null : Number(process.env.MASKLET_BENCH_FRAMES);
const trackedFrames = frameLimit ?? 16;
const clip = { width: 1280, height: 720, frames: trackedFrames + 1, hidden: [] };
/** The second half counts, from when memory is full and strides of 2 and 4 are whole. */
const countedFrom = Math.floor(trackedFrames / 2 / 4) * 4 + 1;
const weights = { seed: 3, objectScoreBias: 4 };
const { signal } = new AbortController();

type Variant = { words: string; modes: ModelModes };
/** By the clock, and of all threads of this process. */
type Cost = { millis: number; cpuMillis: number };

/**
 * Each mode beside the plain model, SAM 2.1 tiny at 1024 with random weights: a first pass, a frame of each in turns. What
 * it costs in J&F is told where `MASKLET_CHECKPOINT` names trained weights.
 */
export async function* bench(): AsyncGenerator<BenchLine> {
	const folder = mkdtempSync(join(tmpdir(), 'masklet-bench-modes-'));
	const makeTracker = trackerMaker(folder);
	const accuracy = await openAccuracy(frameLimit);
	try {
		for (const { words, modes } of everyMode()) {
			const runs = await inTurns([await makeTracker(defaultModes), await makeTracker(modes)]);
			const [plain, mode] = runs as [Cost, Cost];
			const times = `${Math.round(mode.millis)} ms a frame beside ${Math.round(plain.millis)} ms of the plain model`;
			const cpu = `${(plain.cpuMillis / mode.cpuMillis).toFixed(2)} x by processor time`;
			yield benchLine({
				name: `SAM 2.1 tiny, mode ${words}`,
				ours: mode.millis,
				peer: plain.millis,
				note: `at 1024: ${times}, ${cpu}; ${await accuracy.of(words)}`,
			});
		}
	} finally {
		accuracy.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** What a frame of each costs: the mean, as a stride makes some dear and some cheap. Disposes of them. */
async function inTurns(trackers: readonly Tracker[]): Promise<Cost[]> {
	const runs = trackers.map((tracker) => ({ results: runOf(tracker), millis: 0, cpuMillis: 0 }));
	for (let frame = 1; frame < clip.frames; frame++) {
		for (const run of runs) {
			const start = performance.now();
			const before = process.cpuUsage();
			await run.results.next();
			const { user, system } = process.cpuUsage(before);
			if (frame >= countedFrom) {
				run.millis += performance.now() - start;
				run.cpuMillis += (user + system) / 1000;
			}
		}
	}
	for (const tracker of trackers) {
		await tracker.dispose();
	}
	const counted = clip.frames - countedFrom;
	return runs.map(({ millis, cpuMillis }) => ({ millis: millis / counted, cpuMillis: cpuMillis / counted }));
}

/** Every choice of every mode that is no default, alone. */
function everyMode(): Variant[] {
	return modeNames.flatMap((name) =>
		modeTable[name].choices
			.filter(({ value }) => value !== defaultModes[name])
			.map(({ value }) => ({ words: `${name}=${value}`, modes: { ...defaultModes, [name]: value } })),
	);
}

/** Trackers with the same graphs read the same files. */
function trackerMaker(folder: string): (modes: ModelModes) => Promise<Tracker> {
	return async (modes) => {
		const imageSize = modes.size === 'half' ? 512 : 1024;
		const memoryPooling = modes.places === 'pooled' ? 2 : 1;
		const seeded = {
			...weights,
			variant: { ...plainVariant, precision: modes.weights, memoryPooling } as const,
			folder: join(folder, `${imageSize}-${modes.weights}-${modes.places}`),
			threads: 2,
		};
		const config = sam2Config('tiny', { version: '2.1', imageSize });
		const engine = new Sam2Engine(config, (name) => {
			const path = join(seeded.folder, `${name}.onnx`);
			return existsSync(path) ? openOrtSession(path, seeded) : openSeededSession(name as GraphName, config, seeded);
		});
		const stride = Number(modes.stride);
		const tracker = new Sam2Tracker(engine, { memoryFrames: Number(modes.memory), stride });
		return stride > 1 ? new StridedTracker(tracker, await openBuiltinTracker()) : tracker;
	};
}

function runOf(tracker: Tracker): AsyncGenerator<TrackedMask, void, void> {
	const last = clip.frames - 1;
	return tracker.track(
		{
			direction: 'forward',
			frameCount: clip.frames,
			width: clip.width,
			height: clip.height,
			videoKey: 'clip',
			objects: [
				{
					trackId: 1,
					anchors: [{ frameIndex: 0, mask: seededEllipse(clip, [0.3, 0.4, 0.15, 0.2]), prompts: [] }],
					segments: [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex: last }],
				},
			],
			pictureAt: (frameIndex) => Promise.resolve(seededFrame(clip, frameIndex)),
		},
		signal,
	);
}
