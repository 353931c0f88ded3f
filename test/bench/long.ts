import { rmSync } from 'node:fs';
import { killedRun, longProject } from '../services/long-clip.ts';
import { openServices, type OpenServices } from '../services/open-services.ts';
import { benchLine, medianOf, type BenchLine } from './bench-line.ts';
import { inferenceMebibytes } from './process-memory.ts';

/** `MASKLET_BENCH_FRAMES=2000` for a quick look. */
const longFrames = Number(process.env.MASKLET_BENCH_FRAMES ?? 10_000);
const manyObjects = 50;
const manyFrames = 150;
/** Compiled code, caches and the first collections are behind a run then. */
const warmFrames = longFrames / 10;

/** Resident MiB once a frame was reached; null where the system does not tell. */
type Memory = { frameIndex: number; inference: number | null; own: number };

/** When each object's frames reached the disk. */
type Reached = { frameIndex: number; atMillis: number };

/**
 * A clip of 10,000 frames and one of 50 objects, SAM 2 in its miniature configuration, through everything that the studio
 * runs: decoder, inference process, database. Peers are the same run earlier or with fewer objects, so 1 is flat.
 */
export async function* bench(): AsyncGenerator<BenchLine> {
	const open = await openServices();
	try {
		yield* longLines(open);
		yield* manyLines(open);
	} finally {
		await open.close();
		rmSync(open.folder, { recursive: true, force: true });
	}
}

async function* longLines(open: OpenServices): AsyncGenerator<BenchLine> {
	const { client } = open;
	const { path, trackIds } = await longProject(open, { name: 'Long', frameCount: longFrames, objectCount: 1 });
	yield cancelLine('Cancel', await cancelled(open, Math.min(300, warmFrames)));
	await client.project.close();
	await killedRun(open.folder, path, Math.min(500, warmFrames));
	await client.project.open({ path });
	const [pass] = await client.track.interruptedPasses();
	const memory: Memory[] = [];
	const reached = watch(open, (frameIndex) => memory.push({ frameIndex, ...memoryNow() }));
	const begun = open.next('run.frames', () => true);
	const run = open.run(() => client.track.resumePass({ passId: pass!.passId }));
	await Promise.race([begun, run]);
	const frames = reached.get(trackIds[0]!)!;
	const first = frames[0]!.frameIndex;
	yield benchLine({
		name: 'Resume after a kill',
		ours: first === pass!.doneCount + 1 ? 1 : null,
		peer: 1,
		note: `${pass!.doneCount} frames were on disk, the first that was computed then is ${first}`,
	});
	await run;
	await client.project.close();
	const early = millisPerFrame(frames, first + warmFrames, first + 3 * warmFrames);
	const late = millisPerFrame(frames, longFrames - 2 * warmFrames, longFrames - 1);
	const tenths = Array.from({ length: 9 }, (_, tenth) =>
		millisPerFrame(frames, Math.max(first, (tenth + 1) * warmFrames), (tenth + 2) * warmFrames - 1).toFixed(1),
	);
	yield benchLine({
		name: `A frame late in ${longFrames}`,
		ours: late,
		peer: early,
		note: `ms in the last fifth beside the second and third tenth; from the second on: ${tenths.join(' ')}`,
	});
	for (const [process, name] of [
		['inference', 'Inference process'],
		['own', 'Services'],
	] as const) {
		const mebibytesIn = (from: number, to: number) => {
			const found = memory.filter(({ frameIndex }) => frameIndex >= from && frameIndex < to);
			const known = found.flatMap((each) => each[process] ?? []);
			return known.length === 0 ? null : medianOf(known);
		};
		const begun = mebibytesIn(first + warmFrames, first + 2 * warmFrames);
		const ended = mebibytesIn(longFrames - warmFrames, longFrames);
		yield benchLine({
			name: `${name}, memory late in ${longFrames}`,
			ours: ended,
			peer: begun,
			note:
				ended === null || begun === null
					? 'read from /proc, which is not here'
					: `${ended.toFixed(0)} MiB in the last tenth beside ${begun.toFixed(0)} MiB after the first`,
		});
	}
}

async function* manyLines(open: OpenServices): AsyncGenerator<BenchLine> {
	const { client } = open;
	const each: number[] = [];
	for (const objectCount of [1, manyObjects]) {
		const name = `${objectCount} objects`;
		const { trackIds } = await longProject(open, { name, frameCount: manyFrames, objectCount });
		if (objectCount === manyObjects) {
			yield cancelLine(`Cancel with ${manyObjects} objects`, await cancelled(open, 5));
		}
		const reached = watch(open);
		await open.run(() => client.track.propagate({ videoId: 1 }));
		const last = reached.get(trackIds.at(-1)!)!;
		each.push(millisPerFrame(last, Math.round(manyFrames / 3), manyFrames - 1) / objectCount);
		await client.project.close();
	}
	const [alone, among] = each as [number, number];
	yield benchLine({
		name: `An object among ${manyObjects}, a frame`,
		ours: among,
		peer: alone,
		note: `${among.toFixed(1)} ms beside ${alone.toFixed(1)} ms alone: the frame is encoded once`,
	});
}

function cancelLine(name: string, millis: number): BenchLine {
	const note = `${millis.toFixed(0)} ms until the job has ended and what it reached is published; beside one second`;
	return benchLine({ name, ours: millis, peer: 1000, note });
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

function memoryNow(): Omit<Memory, 'frameIndex'> {
	return { inference: inferenceMebibytes(), own: process.memoryUsage.rss() / 2 ** 20 };
}
