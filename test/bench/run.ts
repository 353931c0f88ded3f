/**
 * `npm run bench [-- NAME ...]`: every other file of this folder that exports `bench(): AsyncIterable<BenchLine>`, or
 * those named, each line as soon as it is measured. Add a file, and it runs.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchLine } from './bench-line.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const helpers = [
	'run.ts',
	'bench-line.ts',
	'process-use.ts',
	'sam2-memory.ts',
	'sam2-reference.ts',
	'sam2-resident.ts',
	'modes-accuracy.ts',
];
const wanted = process.argv.slice(2);
const names = readdirSync(here)
	.filter((file) => file.endsWith('.ts') && !helpers.includes(file))
	.map((file) => file.slice(0, -3))
	.filter((name) => wanted.length === 0 || wanted.includes(name))
	.sort();

for (const name of names) {
	const { bench } = (await import(`./${name}.ts`)) as { bench: () => AsyncIterable<BenchLine> };
	for await (const line of bench()) {
		const ratio = line.ratio === null ? 'skipped' : `${line.ratio.toFixed(2)} x`;
		console.log(`${line.name.padEnd(44)} ${ratio.padStart(9)}  ${line.note}`);
	}
}
