import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Anchor, TrackedMask } from '../../models/predict/tracker.ts';
import { Sam2Tracker } from '../../models/predict/sam2-tracker.ts';
import type { Features, Remembered, Sam2Engine } from '../../models/predict/engine.ts';
import { sam2Config } from '../../models/sam2/config.ts';
import { findPython } from '../python.ts';
import { seededEllipse, seededFrame } from '../parity/seeded-clip.ts';
import { seededEngine } from '../parity/seeded-engine.ts';
import { benchLine, medianOf, type BenchLine } from './bench-line.ts';
import { memoryLine } from './sam2-memory.ts';
import { Reference } from './sam2-reference.ts';

/** `MASKLET_BENCH_SIZE=512` for a quick look. */
const imageSize = Number(process.env.MASKLET_BENCH_SIZE ?? 1024);
const threads = 2;
const clip = { width: 1280, height: 720, frames: 14, hidden: [] };
const weights = { seed: 3, objectScoreBias: 4 };
/** From so many frames after its start a run has a full memory. */
const warmFrames = 7;
const correctedFrame = 3;
const rounds = 7;
const firstEllipse = [0.3, 0.4, 0.15, 0.2];
const secondEllipse = [0.7, 0.6, 0.12, 0.15];
const { signal } = new AbortController();

/** Milliseconds of one side and the other, in turns. */
type Pair = { ours: number[]; theirs: number[] };
type Sides = { engine: Sam2Engine; tracker: Sam2Tracker; reference: Reference };

/** In this order: the second object finds its frames in the cache, a correction finds a run to correct. */
const measures = new Map<string, (sides: Sides) => Promise<Pair>>([
	['memory attention', ({ engine, reference }) => attention(engine, reference)],
	['first pass', (sides) => pass(sides, { ellipse: firstEllipse, correctedFrame: null })],
	['second object', (sides) => pass(sides, { ellipse: secondEllipse, correctedFrame: null })],
	['pass after a correction', (sides) => pass(sides, { ellipse: secondEllipse, correctedFrame })],
	['click, cached frame', ({ tracker, reference }) => clicks(tracker, reference)],
]);

/**
 * SAM 2.1 tiny beside the reference: the same random weights, frames and threads, one step of ours and one of theirs in
 * turns. Times of a run are per frame, with a full memory.
 */
export async function* bench(): AsyncGenerator<BenchLine> {
	const python = findPython(['torch', 'sam2', 'pycocotools']);
	if (python === null) {
		const note = 'no Python with PyTorch and the reference here';
		for (const name of [...measures.keys(), 'MiB per added frame']) {
			yield benchLine({ name: `SAM 2.1 tiny, ${name}`, ours: null, peer: null, note });
		}
		return;
	}
	const folder = mkdtempSync(join(tmpdir(), 'masklet-bench-'));
	const engine = seededEngine(sam2Config('tiny', { version: '2.1', imageSize }), { ...weights, folder, threads });
	const tracker = new Sam2Tracker(engine);
	const reference = await Reference.start({ python, imageSize, ...clip, ...weights });
	try {
		for (const [name, measure] of measures) {
			const { ours, theirs } = await measure({ engine, tracker, reference });
			const [mine, peer] = [medianOf(ours), medianOf(theirs)];
			const note = `at ${imageSize}: ${Math.round(mine)} ms beside ${Math.round(peer)} ms, median of ${ours.length}`;
			yield benchLine({ name: `SAM 2.1 tiny, ${name}`, ours: mine, peer, note });
		}
		reference.close();
		await tracker.dispose();
		yield await memoryLine({ python, folder, weights });
	} finally {
		reference.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** A full memory: 7 frames and 16 pointers. */
async function attention(engine: Sam2Engine, reference: Reference): Promise<Pair> {
	const { channels, memoryChannels } = engine.config;
	const edge = imageSize / 16;
	let state = 1;
	// Any numbers will do: time does not depend on them.
	const draw = () => (state = Math.imul(state, 1664525) + 1013904223) / 2 ** 31;
	const numbers = (count: number) => Float32Array.from({ length: count }, draw);
	const f = { shape: [1, channels, edge, edge], data: numbers(channels * edge * edge) };
	const remembered: Remembered = {
		memories: Array.from({ length: 7 }, (_, row) => ({
			memory: new Uint16Array(edge * edge * memoryChannels).fill(0x3f00 + row),
			row,
		})),
		pointers: Array.from({ length: 16 }, (_, index) => ({ pointer: numbers(channels), time: index / 15 })),
	};
	const features: Features = { f, s0: f, s1: f };
	const pair: Pair = { ours: [], theirs: [] };
	for (let round = -1; round < rounds; round++) {
		const ours = await millisOf(() => engine.attend(features, remembered, signal));
		const theirs = await reference.ask({ do: 'attend' });
		if (round >= 0) {
			pair.ours.push(ours);
			pair.theirs.push(theirs);
		}
	}
	return pair;
}

/** A run from a mask on frame 0, or from the correction of a later frame after such a run. */
async function pass(
	{ tracker, reference }: Sides,
	of: { ellipse: number[]; correctedFrame: number | null },
): Promise<Pair> {
	const anchors: Anchor[] = [{ frameIndex: 0, mask: seededEllipse(clip, of.ellipse), prompts: [] }];
	const start = of.correctedFrame ?? 0;
	const ellipse = of.correctedFrame === null ? of.ellipse : firstEllipse;
	if (of.correctedFrame === null) {
		// The cheapest way for the reference: a second object alone in its state, not beside the first.
		await reference.ask({ do: 'restart' });
	} else {
		anchors.push({ frameIndex: start, mask: seededEllipse(clip, ellipse), prompts: [] });
	}
	await reference.ask({ do: 'mask', frame: start, ellipse });
	await reference.ask({ do: 'track', start });
	await reference.ask({ do: 'next' });
	const run = ourRun(tracker, anchors, start);
	const pair: Pair = { ours: [], theirs: [] };
	for (let frame = start + 1; frame < clip.frames; frame++) {
		const ours = await millisOf(() => run.next());
		const theirs = await reference.ask({ do: 'next' });
		if (frame - start >= warmFrames) {
			pair.ours.push(ours);
			pair.theirs.push(theirs);
		}
	}
	return pair;
}

function ourRun(tracker: Sam2Tracker, anchors: Anchor[], start: number): AsyncGenerator<TrackedMask, void, void> {
	const segment = { anchorFrameIndex: start, firstFrameIndex: start + 1, lastFrameIndex: clip.frames - 1 };
	return tracker.track(
		{
			direction: 'forward',
			frameCount: clip.frames,
			width: clip.width,
			height: clip.height,
			videoKey: 'clip',
			objects: [{ trackId: 1, anchors, segments: [segment] }],
			pictureAt: (frameIndex) => Promise.resolve(pictures[frameIndex]!),
		},
		signal,
	);
}

const pictures = Array.from({ length: clip.frames }, (_, frame) => seededFrame(clip, frame));

/** The first click on a frame that is encoded already, each time elsewhere. */
async function clicks(tracker: Sam2Tracker, reference: Reference): Promise<Pair> {
	await reference.ask({ do: 'restart' });
	const pair: Pair = { ours: [], theirs: [] };
	for (let round = -1; round < 2 * rounds; round++) {
		const [x, y] = [200 + 50 * (round + 1), 150 + 20 * (round + 1)];
		const request = {
			picture: pictures[0]!,
			prompts: [{ kind: 'point' as const, x, y, isPositive: true }],
			pictureKey: 'clip:0',
		};
		const ours = await millisOf(() => tracker.prompt(request, signal));
		const theirs = await reference.ask({ do: 'click', frame: 0, x, y });
		if (round >= 0) {
			pair.ours.push(ours);
			pair.theirs.push(theirs);
		}
	}
	return pair;
}

async function millisOf(work: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await work();
	return performance.now() - start;
}
