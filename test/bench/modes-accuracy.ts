import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rleBounds, rleFromString } from '../../preload/common/rle.ts';
import { commandLine } from '../hosts/cli/run-command.ts';

const sampleFolder = join(import.meta.dirname, '../../resources/sample');
type Sav = { masklet: { size: [number, number]; counts: string }[][] };

/**
 * What each mode does to J&F on the sample clip, told in words: boxes around its objects on frame 0, carried through it
 * by the command line (build first), measured by `eval`. Trained weights are named by `MASKLET_CHECKPOINT`; others say
 * nothing about accuracy.
 */
export async function accuracyOf(modes: readonly string[]): Promise<(mode: string) => string> {
	const checkpoint = process.env.MASKLET_CHECKPOINT;
	if (checkpoint === undefined) {
		return () => 'its J&F is measured where MASKLET_CHECKPOINT names trained weights';
	}
	const folder = mkdtempSync(join(tmpdir(), 'masklet-bench-accuracy-'));
	const { masklet } = commandLine(folder);
	const run = async (...words: string[]) => {
		const { code, out, error } = await masklet(...words, '--json');
		return code === 0 ? (JSON.parse(out) as unknown) : new Error(error.trim());
	};
	const found = new Map<string, number | Error>();
	try {
		const added = await run('models', 'add', resolve(checkpoint), '--as', 'trained');
		if (added instanceof Error) {
			throw added;
		}
		for (const mode of modes) {
			const out = join(folder, mode);
			const words = ['--model', 'trained', '--mode', mode === 'plain' ? 'none' : mode];
			const carried = await run('annotate', join(sampleFolder, 'sample.mp4'), ...boxes(), ...words, '--out', out);
			const reference = join(sampleFolder, 'ground-truth.json');
			const result = join(out, 'sample_manual.json');
			const measured =
				carried instanceof Error ? carried : await run('eval', '--reference', reference, '--result', result);
			found.set(mode, measured instanceof Error ? measured : (measured as { jAndF: number }).jAndF);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	const plain = found.get('plain');
	return (mode) => {
		const value = found.get(mode);
		if (typeof value !== 'number' || typeof plain !== 'number') {
			return `its J&F could not be measured: ${[value, plain].find((each) => each instanceof Error)?.message}`;
		}
		return `J&F ${value.toFixed(3)} beside ${plain.toFixed(3)} on the sample`;
	};
}

/** Options of `annotate`: a box an object. */
function boxes(): string[] {
	const truth = JSON.parse(readFileSync(join(sampleFolder, 'ground-truth.json'), 'utf8')) as Sav;
	return truth.masklet[0]!.flatMap(({ size: [height, width], counts }, index) => {
		const [x, y, boxWidth, boxHeight] = rleBounds(rleFromString({ width, height }, counts));
		const box = [x, y, x + boxWidth, y + boxHeight].join();
		return boxWidth === 0 ? [] : [...(index === 0 ? [] : ['--object']), '--box', box];
	});
}
