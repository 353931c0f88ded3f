import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { INFERENCE_FLAGS } from '../../main/inference/collect.ts';
import type { LongRun } from './long-run.ts';

/**
 * What something still holds may grow by so much between frame 100 and the last: compiled code and its statistics. A
 * frame of the miniature is 64 KiB of features and 6 of state; 500 frames of either kept would pass it.
 */
export const HELD_GROWTH_MEBIBYTES = 1.5;
/** Resident: the above, and what malloc cannot give back in between. */
export const RESIDENT_GROWTH_MEBIBYTES = 8;

/** Tracks `frames` frames in a process of its own, with the flags of the inference process; see long-run.ts. */
export function longRun(folder: string, options: { frames: number; every: number }): LongRun {
	const script = fileURLToPath(new URL('long-run.ts', import.meta.url));
	const args = [...INFERENCE_FLAGS, script, folder, `${options.frames}`, `${options.every}`];
	const { stdout, status } = spawnSync(process.execPath, args, {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	if (status !== 0) {
		throw new Error(`long-run.ts ended with ${status}`);
	}
	return JSON.parse(stdout) as LongRun;
}

/** Largest growth over the first reading. */
export function growth({ readings }: LongRun): { heldMebibytes: number; residentMebibytes: number } {
	const first = readings[0]!;
	return {
		heldMebibytes: Math.max(...readings.map(({ heldMebibytes }) => heldMebibytes - first.heldMebibytes)),
		residentMebibytes: Math.max(
			...readings.map(({ residentMebibytes }) => residentMebibytes - first.residentMebibytes),
		),
	};
}
