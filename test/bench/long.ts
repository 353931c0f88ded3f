import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { killedRun, longProject } from '../services/long-clip.ts';
import { openServices, type OpenServices } from '../services/open-services.ts';
import { benchLine, medianOf, type BenchLine } from './bench-line.ts';

/** `MASKLET_BENCH_FRAMES=2000` for a quick look. */
const longFrames = Number(process.env.MASKLET_BENCH_FRAMES ?? 10_000);
const manyObjects = 50;
const manyFrames = 150;
/** Compiled code, caches and the first collections are behind a run then. */
const warmFrames = longFrames / 10;

/** When each object's frames reached the disk. */
type Reached = { frameIndex: number; atMillis: number };

/**
 * A clip of 10,000 frames and one of 50 objects, SAM 2 in its miniature configuration, through everything that the studio
 * runs: decoder, inference process, database. Peers are the same run earlier or with fewer objects, so 1 is flat.
 */
export async function bench(): Promise<BenchLine[]> {
	const open = await openServices();
	try {
		return [...(await longLines(open)), ...(await manyLines(open))];
	} finally {
		await open.close();
		rmSync(open.folder, { recursive: true, force: true });
	}
}

async function longLines(open: OpenServices): Promise<BenchLine[]> {
	const { client } = open;
	const { path, trackIds } = await longProject(open, { name: 'Long', frameCount: longFrames, objectCount: 1 });
	const cancelMillis = await cancelled(open, Math.min(300, warmFrames));
	await client.project.close();
	await killedRun(open.folder, path, Math.min(500, warmFrames));
	await client.project.open({ path });
	const [pass] = await client.track.interruptedPasses();
	const memory: { frameIndex: number; mebibytes: number }[] = [];
	const reached = watch(open, (frameIndex) => {
		const mebibytes = inferenceMebibytes();
		if (mebibytes !== null) {
			memory.push({ frameIndex, mebibytes });
		}
	});
	await open.run(() => client.track.resumePass({ passId: pass!.passId }));
	const frames = reached.get(trackIds[0]!)!;
	await client.project.close();
	const first = frames[0]!.frameIndex;
	const early = millisPerFrame(frames, first + warmFrames, first + 3 * warmFrames);
	const late = millisPerFrame(frames, longFrames - 2 * warmFrames, longFrames - 1);
	const mebibytesIn = (from: number, to: number) => {
		const found = memory.filter(({ frameIndex }) => frameIndex >= from && frameIndex < to);
		return found.length === 0 ? null : medianOf(found.map(({ mebibytes }) => mebibytes));
	};
	const [begun, ended] = [
		mebibytesIn(first + warmFrames, first + 2 * warmFrames),
		mebibytesIn(longFrames - warmFrames, longFrames),
	];
	const isExact = first === pass!.doneCount + 1;
	return [
		benchLine({
			name: `A frame late in ${longFrames}`,
			ours: late,
			peer: early,
			note: `${late.toFixed(1)} ms in the last fifth beside ${early.toFixed(1)} ms in the second and third tenth`,
		}),
		benchLine({
			name: `Memory late in ${longFrames} frames`,
			ours: ended,
			peer: begun,
			note:
				ended === null || begun === null
					? 'read from /proc, which is not here'
					: `${ended.toFixed(0)} MiB of the inference process beside ${begun.toFixed(0)} MiB after the first tenth`,
		}),
		benchLine({
			name: 'Cancel',
			ours: cancelMillis,
			peer: 1000,
			note: `${cancelMillis.toFixed(0)} ms until the job has ended and what it reached is published; beside one second`,
		}),
		benchLine({
			name: 'Resume after a kill',
			ours: isExact ? 1 : null,
			peer: 1,
			note: `${pass!.doneCount} frames were on disk, the first that was computed then is ${first}`,
		}),
	];
}

async function manyLines(open: OpenServices): Promise<BenchLine[]> {
	const each: number[] = [];
	let cancelMillis = 0;
	for (const objectCount of [1, manyObjects]) {
		const name = `${objectCount} objects`;
		const { trackIds } = await longProject(open, { name, frameCount: manyFrames, objectCount });
		if (objectCount === manyObjects) {
			cancelMillis = await cancelled(open, 5);
		}
		const reached = watch(open);
		const { client } = open;
		await open.run(() => client.track.propagate({ videoId: 1 }));
		const last = reached.get(trackIds.at(-1)!)!;
		each.push(millisPerFrame(last, Math.round(manyFrames / 3), manyFrames - 1) / objectCount);
		await client.project.close();
	}
	const [alone, among] = each as [number, number];
	return [
		benchLine({
			name: `An object among ${manyObjects}, a frame`,
			ours: among,
			peer: alone,
			note: `${among.toFixed(1)} ms beside ${alone.toFixed(1)} ms alone: the frame is encoded once`,
		}),
		benchLine({
			name: `Cancel with ${manyObjects} objects`,
			ours: cancelMillis,
			peer: 1000,
			note: `${cancelMillis.toFixed(0)} ms; beside one second`,
		}),
	];
}

/** Starts a run, cancels it once it has reached a frame, and undoes it; milliseconds from the cancel to its end. */
async function cancelled(open: OpenServices, frames: number): Promise<number> {
	const { client } = open;
	const begun = open.next('run.frames', ({ frameIndexes }) => (frameIndexes.at(-1) ?? 0) >= frames);
	const ended = open.next('job.done', ({ job }) => job.method === 'track.propagate');
	const { jobId } = await client.track.propagate({ videoId: 1 });
	await begun;
	const started = performance.now();
	await client.job.cancel({ jobId });
	await ended;
	const millis = performance.now() - started;
	await client.history.undo();
	return millis;
}

function watch(open: OpenServices, onFrame: (frameIndex: number) => void = () => {}): Map<number, Reached[]> {
	const reached = new Map<number, Reached[]>();
	open.client.on('run.frames', ({ trackId, frameIndexes }) => {
		const known = reached.get(trackId) ?? [];
		known.push(...[...frameIndexes].map((frameIndex) => ({ frameIndex, atMillis: performance.now() })));
		reached.set(trackId, known);
		onFrame(frameIndexes.at(-1)!);
	});
	return reached;
}

function millisPerFrame(reached: readonly Reached[], from: number, to: number): number {
	const first = reached.find(({ frameIndex }) => frameIndex >= from)!;
	const last = reached.findLast(({ frameIndex }) => frameIndex <= to)!;
	return (last.atMillis - first.atMillis) / (last.frameIndex - first.frameIndex);
}

/** Resident memory of the inference process; null where the system does not tell. */
function inferenceMebibytes(): number | null {
	try {
		const children = readdirSync('/proc/self/task').flatMap((task) =>
			readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' '),
		);
		const child = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('inference'));
		return Number(readFileSync(`/proc/${child}/statm`, 'utf8').split(' ')[1]) / 256;
	} catch {
		return null;
	}
}
