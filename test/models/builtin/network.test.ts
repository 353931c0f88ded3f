import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { graphFolder } from '../../../main/inference/open-builtin.ts';
import { openOrtSession } from '../../../main/inference/ort-session.ts';
import { BuiltinNetwork, together } from '../../../models/builtin/network.ts';
import type { Planes } from '../../../models/builtin/network-frame.ts';

const width = 48;
const height = 32;
const signal = new AbortController().signal;

/** Drawn as `training/export.py` draws it. */
function frameOf(index: number): Planes {
	const rgb = new Uint8Array(3 * width * height);
	for (let at = 0; at < width * height; at++) {
		const [x, y] = [at % width, Math.floor(at / width)];
		[5 * x + y, 7 * y + 3, x * y].forEach((value, channel) => (rgb[3 * at + channel] = (value + 40 * index) % 251));
	}
	return { width, height, rgb, bins: new Uint16Array(width * height) };
}

test('the graphs give what PyTorch gives for the same weights', async () => {
	const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8')) as {
		logits: number[];
		score: [number, number];
	};
	const network = new BuiltinNetwork((name) => openOrtSession(join(graphFolder(), `${name}.onnx`), { threads: 1 }));
	const area = width * height;
	const maps = new Float32Array(3 * area);
	for (let at = 0; at < area; at++) {
		const [x, y] = [at % width, Math.floor(at / width)];
		maps[at] = x > 12 && x < 30 && y > 8 && y < 24 ? 1 : 0;
		maps[area + at] = Math.sin((5 * x + y) / 9);
		maps[2 * area + at] = Math.sin((7 * y + 3) / 9);
	}
	const first = await network.encode(frameOf(0), signal);
	const near = await network.remember(first, maps.slice(0, area), signal);
	const second = await network.encode(frameOf(1), signal);
	const carried = await network.carry(second, { maps, far: together([near, near]), near }, signal);
	const scale = Math.max(...golden.logits.map(Math.abs));
	const error = Math.max(...golden.logits.map((value, at) => Math.abs(value - carried.logits[at]!))) / scale;
	expect(carried.logits).toHaveLength(area);
	// Weights are rounded to half precision before and after batch normalisation is folded into them.
	expect(error).toBeLessThan(5e-3);
	expect(carried.objectScore).toBeCloseTo(golden.score[0], 1);
	expect(carried.iouLogit).toBeCloseTo(golden.score[1], 1);
	await network.dispose();
});
