import { spawnSync } from 'node:child_process';
import { mkdirSync, openSync, statSync, writeSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileModel } from '../../main/inference/compile.ts';
import { openOrtSession } from '../../main/inference/ort-session.ts';
import type { Session } from '../../models/predict/session.ts';
import { expectedTensors, graphNames } from '../../models/sam2/build.ts';
import { sam2Config } from '../../models/sam2/config.ts';
import { assert } from '../../preload/common/assert.ts';
import { findPython } from '../python.ts';
import { seededTensor } from './seeded-weights.ts';

/*
 * A part of `npm run parity`: the peak memory of compiling a checkpoint of large and of loading all its graphs, each in
 * a process of its own; from safetensors, and from the .pt that PyTorch writes where a Python with it is present.
 */

export type LargeMemory = { fileMebibytes: number; compilePeakMebibytes: number; loadPeakMebibytes: number };

const [folder, step, from] = process.argv.slice(2) as [string, string | undefined, string];
const source = join(folder, 'large.safetensors');
const torchSource = join(folder, 'large.pt');
const model = join(folder, 'model');
const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
const peak = () => Math.round(process.resourceUsage().maxRSS / 1024);

if (step === 'compile') {
	await compileModel({ source: from, outFolder: model, signal: new AbortController().signal });
	console.log(peak());
} else if (step === 'load') {
	const sessions: Session[] = [];
	for (const name of graphNames) {
		sessions.push(await openOrtSession(join(model, `${name}.onnx`), { threads: 2 }));
	}
	console.log(peak());
} else {
	mkdirSync(folder, { recursive: true });
	writeLarge();
	const safetensors = measured(source);
	const torch = writeTorch() ? measured(torchSource) : null;
	console.log(JSON.stringify({ safetensors, torch }));
}

/** Compiles the file and loads what comes of it. */
function measured(path: string): LargeMemory {
	const fileMebibytes = mebibytes(statSync(path).size);
	const compilePeakMebibytes = inChild('compile', path);
	const loadPeakMebibytes = inChild('load');
	return { fileMebibytes, compilePeakMebibytes, loadPeakMebibytes };
}

function inChild(...words: string[]): number {
	const path = fileURLToPath(import.meta.url);
	const { stdout, status } = spawnSync(process.execPath, [path, folder, ...words], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	assert(status === 0, `${words[0]} ended with ${status}`);
	return Number(stdout);
}

/** Large 2.1 with seeded numbers as torch.save writes it; false where no Python can. */
function writeTorch(): boolean {
	const python = findPython(['torch', 'sam2', 'pycocotools']);
	if (python === null) {
		return false;
	}
	const script = fileURLToPath(new URL('make_golden.py', import.meta.url));
	const args = [script, '--checkpoint', 'large-2.1-128', torchSource];
	const { status } = spawnSync(python, args, { stdio: 'ignore', cwd: folder });
	assert(status === 0, `make_golden.py ended with ${status}`);
	return true;
}

/** A safetensors file of large 2.1 with seeded numbers. */
function writeLarge(): void {
	const expected = expectedTensors(sam2Config('large', { version: '2.1' }));
	let offset = 0;
	const header: Record<string, unknown> = {};
	for (const [key, shape] of expected) {
		const end = offset + shape.reduce((product, size) => product * size, 4);
		header[key] = { dtype: 'F32', shape, data_offsets: [offset, end] };
		offset = end;
	}
	const text = Buffer.from(JSON.stringify(header));
	const size = Buffer.alloc(8);
	size.writeBigUInt64LE(BigInt(text.length));
	const file = openSync(source, 'w');
	writeSync(file, Buffer.concat([size, text]));
	for (const [key, shape] of expected) {
		const numbers = seededTensor(key, shape, { seed: 1, objectScoreBias: 0 });
		writeSync(file, Buffer.from(numbers.buffer));
	}
	closeSync(file);
}
