import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Features, Sam2Engine } from '../../models/predict/engine.ts';
import { maskInSquare } from '../../models/predict/logits.ts';
import { ObjectPredictor } from '../../models/predict/object-predictor.ts';
import { networkOf, spec } from './golden.ts';
import { seededEllipse, seededFrame } from './seeded-clip.ts';
import { seededEngine } from './seeded-engine.ts';

/*
 * Where we differ from the reference on purpose: a correction after a run is an anchor. It stays as it was given in
 * every later pass, and the frames around it change.
 */

const name = 'miniature-2.1';
const parity = spec.configs[name]!;
const { signal } = new AbortController();
let folder = '';
let engine: Sam2Engine;
const cache = new Map<number, Features>();

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'masklet-corrections-'));
	engine = seededEngine(networkOf(name, parity), { ...parity, folder });
});
afterAll(async () => {
	await engine.dispose();
	rmSync(folder, { recursive: true, force: true });
});

async function featuresAt(frame: number): Promise<Features> {
	const features = cache.get(frame) ?? (await engine.encodeImage(seededFrame(parity, frame), signal));
	cache.set(frame, features);
	return features;
}

async function run(predictor: ObjectPredictor, first: number, last: number): Promise<Float32Array[]> {
	await predictor.commit(featuresAt, signal);
	const direction = last > first ? 'forward' : 'backward';
	const logits: Float32Array[] = [];
	for (let frame = first; frame !== last + Math.sign(last - first); frame += Math.sign(last - first)) {
		logits.push((await predictor.track(frame, await featuresAt(frame), direction, signal)).logits);
	}
	return logits;
}

it.each([0, 4])('a correction on frame %i after a run sticks', async (frame) => {
	const predictor = new ObjectPredictor(engine, { frameCount: parity.frames, maxAnchors: 4, fillHoleArea: 0 });
	const edge = engine.config.imageSize;
	const click = { coordinates: [{ x: 0.3 * edge, y: 0.4 * edge }], labels: [1] };
	await predictor.promptPoints(0, await featuresAt(0), click, signal);
	const before = await run(predictor, 0, 8);

	const given = maskInSquare(seededEllipse(parity, [0.45, 0.5, 0.2, 0.25]), edge);
	const correction = await predictor.promptMask(frame, await featuresAt(frame), given, signal);
	const after = await run(predictor, 0, 8);
	expect(after[frame]).toEqual(correction.logits);
	expect(after[frame + 1]).not.toEqual(before[frame + 1]);

	const clicked = await predictor.promptPoints(
		frame,
		await featuresAt(frame),
		{ coordinates: [{ x: 0.7 * edge, y: 0.7 * edge }], labels: [0] },
		signal,
	);
	expect(clicked.logits).not.toEqual(correction.logits);
	const third = await run(predictor, 0, 8);
	expect(third[frame]).toEqual(clicked.logits);
	// The other way round it stays as well, and a run from it gives it first.
	expect((await run(predictor, 8, 0))[8 - frame]).toEqual(clicked.logits);
	expect((await run(predictor, frame, 8))[0]).toEqual(clicked.logits);
});
