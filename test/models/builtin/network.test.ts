import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphFolder } from '../../../main/inference/open-builtin.ts';
import { openOrtSession } from '../../../main/inference/ort-session.ts';
import { BuiltinNetwork, cropFeatures, together } from '../../../models/builtin/network.ts';
import type { Planes } from '../../../models/builtin/working-frame.ts';

const signal = new AbortController().signal;

type Size = { width: number; height: number };

/** Drawn as `training/export.py` draws it. */
function frameOf({ width, height }: Size, index: number): Planes {
	const rgb = new Uint8Array(3 * width * height);
	for (let at = 0; at < width * height; at++) {
		const [x, y] = [at % width, Math.floor(at / width)];
		[5 * x + y, 7 * y + 3, x * y].forEach((value, channel) => (rgb[3 * at + channel] = (value + 40 * index) % 251));
	}
	return { width, height, rgb, bins: new Uint16Array(width * height) };
}

/** A plane of numbers by place. */
function planeOf({ width, height }: Size, value: (x: number, y: number) => number): Float32Array {
	return Float32Array.from({ length: width * height }, (_, at) => value(at % width, Math.floor(at / width)));
}

const box = (x: number, y: number) => (x > 12 && x < 30 && y > 8 && y < 24 ? 1 : 0);
const odds = (x: number, y: number) => Math.sin((5 * x + y) / 9);
const otherOdds = (_: number, y: number) => Math.sin((7 * y + 3) / 9);

type Golden = Record<'carrier' | 'prompter', { logits: number[]; score: number[] }>;
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8')) as Golden;

let network: BuiltinNetwork;
beforeAll(() => {
	network = new BuiltinNetwork((name) => openOrtSession(join(graphFolder(), `${name}.onnx`), { threads: 1 }));
});
afterAll(() => network.dispose());

/** Weights are rounded to half precision before and after batch normalisation is folded into them. */
function expectAlike(logits: Float32Array, wanted: readonly number[]): void {
	expect(logits).toHaveLength(wanted.length);
	const scale = Math.max(...wanted.map(Math.abs));
	expect(Math.max(...wanted.map((value, at) => Math.abs(value - logits[at]!))) / scale).toBeLessThan(5e-3);
}

test('carrying gives what PyTorch gives for the same weights', async () => {
	const size = { width: 48, height: 32 };
	const mask = planeOf(size, box);
	const maps = Float32Array.from([...mask, ...planeOf(size, odds), ...planeOf(size, otherOdds)]);
	const first = await network.encode(frameOf(size, 0), signal);
	const near = await network.remember(first, mask, signal);
	const second = await network.encode(frameOf(size, 1), signal);
	const carried = await network.carry(second, { maps, far: together([near, near]), near }, signal);
	expectAlike(carried.logits, golden.carrier.logits);
	expect(carried.objectScore).toBeCloseTo(golden.carrier.score[0]!, 1);
	expect(carried.iouLogit).toBeCloseTo(golden.carrier.score[1]!, 1);
});

test('a first mask is what PyTorch gives for the same weights', async () => {
	const size = { width: 64, height: 32 };
	const click = planeOf(size, (x, y) => (x >= 20 && x < 24 && y >= 14 && y < 18 ? 1 : 0));
	const nothing = planeOf(size, () => 0);
	const flag = planeOf(size, () => 1);
	const planes = [click, nothing, planeOf(size, box), flag, nothing, planeOf(size, odds)];
	const maps = Float32Array.from(planes.flatMap((plane) => [...plane]));
	const { logits, iouLogit } = await network.prompt(frameOf(size, 0), maps, signal);
	expectAlike(logits, golden.prompter.logits);
	expect(iouLogit).toBeCloseTo(golden.prompter.score[0]!, 1);
});

test('a window of a frame has what the frame has there', () => {
	const size = { width: 64, height: 32 };
	const level = (pixels: number) => {
		const [width, height] = [size.width / pixels, size.height / pixels];
		const planes = [0, 1].flatMap((channel) => [
			...planeOf({ width, height }, (x, y) => 10_000 * channel + 100 * y * pixels + x * pixels),
		]);
		return { shape: [1, 2, height, width], data: Float32Array.from(planes) };
	};
	const window = { left: 16, top: 8, width: 32, height: 16 };
	const features = { f8: level(8), key: level(8), s4: level(4), s2: level(2) };
	const { f8, key, s4, s2 } = cropFeatures(features, window);
	expect(f8).toEqual(key);
	for (const [part, pixels] of [
		[f8, 8],
		[s4, 4],
		[s2, 2],
	] as const) {
		expect(part.shape).toEqual([1, 2, window.height / pixels, window.width / pixels]);
		const [corner, last] = [part.data[0], part.data.at(-1)];
		expect([corner, last]).toEqual([816, 10_000 + 100 * (24 - pixels) + (48 - pixels)]);
	}
	expect(cropFeatures(features, { left: 0, top: 0, ...size })).toEqual(features);
});
