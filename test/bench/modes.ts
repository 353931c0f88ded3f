import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBuiltinTracker } from '../../main/inference/open-builtin.ts';
import { Sam2Tracker } from '../../models/predict/sam2-tracker.ts';
import { StridedTracker } from '../../models/predict/strided-tracker.ts';
import type { TrackedMask, Tracker } from '../../models/predict/tracker.ts';
import { plainVariant } from '../../models/sam2/build.ts';
import { sam2Config } from '../../models/sam2/config.ts';
import { defaultModes, modeNames, modeTable, type ModelModes } from '../../preload/common/model-modes.ts';
import { seededEllipse, seededFrame } from '../parity/seeded-clip.ts';
import { seededEngine } from '../parity/seeded-engine.ts';
import { benchLine, type BenchLine } from './bench-line.ts';
import { accuracyOf } from './modes-accuracy.ts';

/** Frames 9 to 16 count: memory is full, and strides of 2 and 4 are whole. */
const clip = { width: 1280, height: 720, frames: 17, hidden: [] };
const countedFrom = 9;
const weights = { seed: 3, objectScoreBias: 4 };
const { signal } = new AbortController();

type Variant = { words: string; modes: ModelModes };

/**
 * Each mode beside the plain model, SAM 2.1 tiny at 1024 with random weights: a first pass, a frame of each in turns. What
 * it costs in J&F is told where `MASKLET_CHECKPOINT` names trained weights.
 */
export async function bench(): Promise<BenchLine[]> {
	const variants = [{ words: 'plain', modes: defaultModes }, ...everyMode()];
	const folder = mkdtempSync(join(tmpdir(), 'masklet-bench-modes-'));
	const makeTracker = trackerMaker(folder);
	const runs: { tracker: Tracker; results: AsyncGenerator<TrackedMask, void, void>; millis: number }[] = [];
	try {
		for (const { modes } of variants) {
			const tracker = await makeTracker(modes);
			runs.push({ tracker, results: runOf(tracker), millis: 0 });
		}
		for (let frame = 1; frame < clip.frames; frame++) {
			for (const run of runs) {
				const start = performance.now();
				await run.results.next();
				run.millis += frame >= countedFrom ? performance.now() - start : 0;
			}
		}
		const counted = clip.frames - countedFrom;
		const accuracy = await accuracyOf(variants.map(({ words }) => words));
		return variants.slice(1).map(({ words }, index) =>
			benchLine({
				name: `SAM 2.1 tiny, mode ${words}`,
				ours: runs[index + 1]!.millis / counted,
				peer: runs[0]!.millis / counted,
				note: `a frame beside the plain one, at 1024; ${accuracy(words)}`,
			}),
		);
	} finally {
		for (const { tracker } of runs) {
			await tracker.dispose();
		}
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Every choice of every mode that is no default, alone. */
function everyMode(): Variant[] {
	return modeNames.flatMap((name) =>
		modeTable[name].choices
			.filter(({ value }) => value !== defaultModes[name])
			.map(({ value }) => ({ words: `${name}=${value}`, modes: { ...defaultModes, [name]: value } })),
	);
}

/** Modes with the same graphs share them. */
function trackerMaker(folder: string): (modes: ModelModes) => Promise<Tracker> {
	const engines = new Map<string, ReturnType<typeof seededEngine>>();
	return async (modes) => {
		const imageSize = modes.size === 'half' ? 512 : 1024;
		const variant = {
			...plainVariant,
			precision: modes.weights,
			memoryPooling: modes.places === 'pooled' ? 2 : 1,
		} as const;
		const key = JSON.stringify([imageSize, variant]);
		const config = sam2Config('tiny', { version: '2.1', imageSize });
		const engine =
			engines.get(key) ??
			seededEngine(config, { ...weights, variant, folder: join(folder, `${engines.size}`), threads: 2 });
		engines.set(key, engine);
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
