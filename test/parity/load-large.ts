import { spawnSync } from 'node:child_process';
import { mkdirSync, openSync, statSync, writeSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileModel } from '../../main/inference/compile.ts';
import { openOrtSession } from '../../main/inference/ort-session.ts';
import type { Session } from '../../models/predict/session.ts';
import { expectedTensors, graphNames } from '../../models/sam2/build.ts';
import { sam2Config } from '../../models/sam2/config.ts';
import { seededTensor } from './seeded-weights.ts';

/*
 * A part of `npm run parity`: the peak memory of compiling a checkpoint of large and of loading all its graphs, each in
 * a process of its own.
 */

const [folder, step] = process.argv.slice(2) as [string, string | undefined];
const source = join(folder, 'large.safetensors');
const model = join(folder, 'model');
const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
const peak = () => Math.round(process.resourceUsage().maxRSS / 1024);

if (step === 'compile') {
	await compileModel({ source, outFolder: model, signal: new AbortController().signal });
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
	const fileMebibytes = mebibytes(statSync(source).size);
	const compilePeakMebibytes = inChild('compile');
	const loadPeakMebibytes = inChild('load');
	const loadShare = (loadPeakMebibytes / fileMebibytes).toFixed(2);
	console.log(JSON.stringify({ fileMebibytes, compilePeakMebibytes, loadPeakMebibytes, loadShare }));
}

function inChild(part: string): number {
	const path = fileURLToPath(import.meta.url);
	const { stdout } = spawnSync(process.execPath, [path, folder, part], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	return Number(stdout);
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
