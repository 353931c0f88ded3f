import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { INFERENCE_FLAGS } from '../../main/inference/collect.ts';
import { benchLine, type BenchLine } from './bench-line.ts';
import { Reference } from './sam2-reference.ts';

/** At 512, where both sides are quick enough for runs of two lengths. */
const imageSize = 512;
const clip = { width: 640, height: 360 };
/** Ours are longer, so that both reach past the bound of features in memory, which is set to 32 frames. */
const ourFrames = [40, 80] as const;
const theirFrames = [10, 30] as const;

/** Resident memory that one more frame takes: runs of two lengths, each in a process of its own, and the difference. */
export async function memoryLine(options: {
	python: string;
	folder: string;
	weights: { seed: number; objectScoreBias: number };
}): Promise<BenchLine> {
	const { python, folder, weights } = options;
	const ours = ourFrames.map((frames) => ourMebibytes(frames, folder, weights));
	const theirs: number[] = [];
	for (const frames of theirFrames) {
		const reference = await Reference.start({ python, imageSize, ...clip, frames, ...weights });
		try {
			await reference.ask({ do: 'mask', frame: 0, ellipse: [0.3, 0.4, 0.15, 0.2] });
			await reference.ask({ do: 'track', start: 0 });
			for (let frame = 0; frame < frames; frame++) {
				await reference.ask({ do: 'next' });
			}
			theirs.push(await reference.ask({ do: 'resident' }));
		} finally {
			reference.close();
		}
	}
	// Below what can be told from a process's noise it counts as a hundredth of a MiB.
	const oursEach = Math.max(0.01, (ours[1]! - ours[0]!) / (ourFrames[1] - ourFrames[0]));
	const theirsEach = (theirs[1]! - theirs[0]!) / (theirFrames[1] - theirFrames[0]);
	return benchLine({
		name: 'SAM 2.1 tiny, MiB per added frame',
		ours: oursEach,
		peer: theirsEach,
		note: `at ${imageSize}: ${oursEach.toFixed(2)} MiB, once memory holds its 32 frames of features, beside ${theirsEach.toFixed(2)}`,
	});
}

function ourMebibytes(frames: number, folder: string, weights: { seed: number; objectScoreBias: number }): number {
	const script = fileURLToPath(new URL('sam2-resident.ts', import.meta.url));
	const args = [folder, imageSize, clip.width, clip.height, frames, weights.seed, weights.objectScoreBias].map(String);
	const { stdout, status } = spawnSync(process.execPath, [...INFERENCE_FLAGS, script, ...args], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	if (status !== 0) {
		throw new Error(`sam2-resident.ts ended with ${status}`);
	}
	return Number(stdout);
}
