import { resolve } from 'node:path';
import type { Command } from 'commander';
import { evaluate, type Evaluation } from '../../../formats/evaluate/evaluate.ts';
import { readMasklets } from '../../../formats/read.ts';
import type { Output } from '../output.ts';

type EvalOptions = { reference: string; result: string; video?: string; ends?: boolean };

/** Work that needs neither a project nor a model: the output and Ctrl-C alone. */
export type RunAlone = (work: (output: Output, signal: AbortSignal) => Promise<void>) => Promise<void>;

/** `eval`: J, F and J&F of a result against a reference. */
export function addEvalCommand(program: Command, runAlone: RunAlone): void {
	program
		.command('eval')
		.description(
			'Measures masks against a reference: J (region), F (boundary) and J&F, per object and mean. Each side is SA-V JSON, COCO JSON, or a folder of PNG masks',
		)
		.requiredOption('--reference <path>', 'the true masks')
		.requiredOption('--result <path>', 'the masks to measure')
		.option('--video <name>', 'the video, where a folder has several')
		.option('--ends', 'count the first and the last frame of the reference too')
		.action((options: EvalOptions) =>
			runAlone(async (output, signal) => {
				const found = await measure(options, signal);
				found.warnings.forEach(output.warn);
				output.result(dataOf(found), textOf(found));
			}),
		);
}

async function measure(options: EvalOptions, signal: AbortSignal): Promise<Evaluation> {
	const readOptions = { signal, ...(options.video ? { video: options.video } : {}) };
	const reference = await readMasklets(resolve(options.reference), readOptions);
	try {
		const result = await readMasklets(resolve(options.result), readOptions);
		try {
			return await evaluate(reference, result, { signal, includesEnds: options.ends ?? false });
		} finally {
			result.close();
		}
	} finally {
		reference.close();
	}
}

function dataOf(found: Evaluation): unknown {
	const { video, j, f, jAndF, frameIndexes } = found;
	return {
		video,
		j,
		f,
		jAndF,
		frameCount: frameIndexes.length,
		objects: found.objects.map((object) => ({
			name: object.name,
			j: object.j,
			f: object.f,
			jAndF: object.jAndF,
		})),
	};
}

function textOf(found: Evaluation): string {
	const rows = [...found.objects, { ...found, name: 'mean' }];
	const width = Math.max(6, ...rows.map((row) => row.name.length));
	const line = (cells: string[]): string => `${cells[0]!.padEnd(width)}  ${cells.slice(1).join('  ')}`;
	return [
		`${found.video}, ${found.frameIndexes.length} frames`,
		line(['object', '    J', '    F', '  J&F']),
		...rows.map((row) => line([row.name, ...[row.j, row.f, row.jAndF].map((value) => value.toFixed(3))])),
	].join('\n');
}
