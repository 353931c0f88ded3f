import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rleBounds, rleFromString } from '../../preload/common/rle.ts';
import { commandLine } from '../hosts/cli/run-command.ts';

const sampleFolder = join(import.meta.dirname, '../../resources/sample');
type Sav = { video_frame_count: number; masklet: { size: [number, number]; counts: string }[][] };

/** What a mode does to J&F, told in words; `mode` as the command line names it, or "none". */
export type Accuracy = { of: (mode: string) => Promise<string>; close: () => void };

/**
 * Measures modes on the sample clip: boxes around its objects on frame 0, carried through it by the command line (build
 * first), measured by `eval`. Trained weights are named by `MASKLET_CHECKPOINT`; others say nothing about accuracy.
 *
 * @param frameLimit the clip's first frames alone; null for all
 */
export async function openAccuracy(frameLimit: number | null): Promise<Accuracy> {
	const checkpoint = process.env.MASKLET_CHECKPOINT;
	if (checkpoint === undefined) {
		const said = 'its J&F is measured where MASKLET_CHECKPOINT names trained weights';
		return { of: () => Promise.resolve(said), close: () => {} };
	}
	const folder = mkdtempSync(join(tmpdir(), 'masklet-bench-accuracy-'));
	const { masklet } = commandLine(folder);
	const run = async (...words: string[]): Promise<unknown> => {
		const { code, out, error } = await masklet(...words, '--json');
		if (code !== 0) {
			throw new Error(error.trim());
		}
		return JSON.parse(out);
	};
	const truth = JSON.parse(readFileSync(join(sampleFolder, 'ground-truth.json'), 'utf8')) as Sav;
	const frameCount = Math.min(frameLimit ?? Infinity, truth.video_frame_count);
	const reference = join(folder, 'reference.json');
	const cut = { ...truth, video_frame_count: frameCount, masklet: truth.masklet.slice(0, frameCount) };
	writeFileSync(reference, JSON.stringify(cut));
	await run('models', 'add', resolve(checkpoint), '--as', 'trained');

	const known = new Map<string, Promise<number>>();
	async function measure(mode: string): Promise<number> {
		const out = join(folder, mode);
		const words = ['--model', 'trained', '--mode', mode, '--range', `0:${frameCount}`, '--format', 'sav'];
		await run('annotate', join(sampleFolder, 'sample.mp4'), ...boxesOf(truth), ...words, '--out', out);
		const result = join(out, 'sample_manual.json');
		return ((await run('eval', '--reference', reference, '--result', result)) as { jAndF: number }).jAndF;
	}
	const measured = (mode: string): Promise<number> => {
		const value = known.get(mode) ?? measure(mode);
		known.set(mode, value);
		return value;
	};
	return {
		of: async (mode) => {
			try {
				const [plain, value] = [await measured('none'), await measured(mode)];
				return `J&F ${value.toFixed(3)} beside ${plain.toFixed(3)} on ${frameCount} frames of the sample`;
			} catch (error) {
				// A smaller model has no mode "size".
				return `its J&F could not be measured: ${(error as Error).message}`;
			}
		},
		close: () => rmSync(folder, { recursive: true, force: true }),
	};
}

/** Options of `annotate`: a box an object. */
function boxesOf(truth: Sav): string[] {
	return truth.masklet[0]!.flatMap(({ size: [height, width], counts }, index) => {
		const [x, y, boxWidth, boxHeight] = rleBounds(rleFromString({ width, height }, counts));
		const box = [x, y, x + boxWidth, y + boxHeight].join();
		return boxWidth === 0 ? [] : [...(index === 0 ? [] : ['--object']), '--box', box];
	});
}
