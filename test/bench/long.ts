import { rmSync } from 'node:fs';
import { killedRun, longProject } from '../services/long-clip.ts';
import { openServices, type OpenServices } from '../services/open-services.ts';
import { benchLine, medianOf, type BenchLine } from './bench-line.ts';
import { inferenceUse, ownUse, type ProcessUse } from './process-use.ts';

/** `MASKLET_BENCH_FRAMES=2000` for a quick look. */
const longFrames = Number(process.env.MASKLET_BENCH_FRAMES ?? 10_000);
const manyObjects = 50;
const manyFrames = 60;
/** Frames of the object alone, which go by sooner. */
const aloneFrames = 600;
/** Caches of features and of pictures of so many MiB fill within the first tenth; memory should stop growing then. */
const cacheMebibytes = 8;
/** Compiled code, caches and the first collections are behind a run then. */
const warmFrames = longFrames / 10;

/** Once a batch of an object's frames has reached the disk: when, and what the processes had used by then. */
type Reached = {
	firstFrameIndex: number;
	lastFrameIndex: number;
	atMillis: number;
	inference: ProcessUse | null;
	own: ProcessUse;
};

/**
 * A clip of 10,000 frames and one of 50 objects, SAM 2 in its miniature configuration, through everything that the studio
 * runs: decoder, inference process, database. Peers are the same run earlier or with fewer objects, so 1 is flat.
 */
export async function* bench(): AsyncGenerator<BenchLine> {
	process.env.MASKLET_FEATURE_MEMORY ??= String(cacheMebibytes);
	const open = await openServices({ frameCacheBytes: cacheMebibytes * 2 ** 20 });
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
	await killedRun(open.folder, path, Math.min(500, warmFrames / 2));
	await client.project.open({ path });
	const [pass] = await client.track.interruptedPasses();
	const reached = watch(open, trackIds[0]!);
	const begun = open.next('run.frames', () => true);
	const run = open.run(() => client.track.resumePass({ passId: pass!.passId }));
	await Promise.race([begun, run]);
	const first = reached[0]!.firstFrameIndex;
	yield benchLine({
		name: 'Resume after a kill',
		ours: first === pass!.doneCount + 1 ? 1 : null,
		peer: 1,
		note: `${pass!.doneCount} frames were on disk, the first that was computed then is ${first}`,
	});
	await run;
	await client.project.close();
	const tenth = (index: number) => [Math.max(first, index * warmFrames), (index + 1) * warmFrames - 1] as const;
	const walls = Array.from({ length: 10 }, (_, index) => millisPerFrame(reached, ...tenth(index)));
	yield frameLine(`A frame late in ${longFrames}`, walls);
	yield frameLine(
		`Processor time, a frame late in ${longFrames}`,
		Array.from({ length: 10 }, (_, index) => cpuMillisPerFrame(reached, ...tenth(index))),
	);
	for (const [side, name] of [
		['inference', 'Inference process'],
		['own', 'Services'],
	] as const) {
		const [begun, ended] = [1, 9].map((index) => {
			const [from, to] = tenth(index);
			const found = reached.filter(({ lastFrameIndex }) => lastFrameIndex >= from && lastFrameIndex <= to);
			const known = found.flatMap((each) => each[side]?.mebibytes ?? []);
			return known.length === 0 ? null : medianOf(known);
		}) as [number | null, number | null];
		yield benchLine({
			name: `${name}, memory late in ${longFrames}`,
			ours: ended,
			peer: begun,
			note:
				ended === null || begun === null
					? 'read from /proc, which is not here'
					: `${ended.toFixed(0)} MiB in the last tenth beside ${begun.toFixed(0)} MiB in the second`,
		});
	}
}

/** The last two tenths beside the second and third. @param tenths milliseconds a frame of each, null where not known */
function frameLine(name: string, tenths: readonly (number | null)[]): BenchLine {
	const meanOf = (values: readonly (number | null)[]): number | null => {
		const known = values.filter((value) => value !== null);
		return known.length < values.length ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
	};
	const told = tenths.map((millis) => millis?.toFixed(1) ?? '?').join(' ');
	return benchLine({
		name,
		ours: meanOf(tenths.slice(8)),
		peer: meanOf(tenths.slice(1, 3)),
		note: `the last fifth beside the second and third tenth; ms of each tenth: ${told}`,
	});
}

async function* manyLines(open: OpenServices): AsyncGenerator<BenchLine> {
	const { client } = open;
	const measured: { wall: number | null; cpu: number | null }[] = [];
	for (const objectCount of [1, manyObjects]) {
		const name = `${objectCount} objects`;
		const frameCount = objectCount === 1 ? aloneFrames : manyFrames;
		const { trackIds } = await longProject(open, { name, frameCount, objectCount });
		if (objectCount === manyObjects) {
			yield cancelLine(`Cancel with ${manyObjects} objects`, await cancelled(open, 5));
		}
		const reached = watch(open, trackIds.at(-1)!);
		await open.run(() => client.track.propagate({ videoId: 1 }));
		const span = [Math.round(frameCount / 3), frameCount - 1] as const;
		const each = (millis: number | null) => millis && millis / objectCount;
		measured.push({ wall: each(millisPerFrame(reached, ...span)), cpu: each(cpuMillisPerFrame(reached, ...span)) });
		await client.project.close();
	}
	const [alone, among] = measured as [(typeof measured)[0], (typeof measured)[0]];
	for (const [kind, name] of [
		['wall', 'An object'],
		['cpu', 'Processor time, an object'],
	] as const) {
		const told = [among[kind], alone[kind]].map((millis) => millis?.toFixed(1) ?? '?');
		yield benchLine({
			name: `${name} among ${manyObjects}, a frame`,
			ours: among[kind],
			peer: alone[kind],
			note: `${told[0]} ms beside ${told[1]} ms alone: the frame is encoded once`,
		});
	}
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

/** What becomes of a track while a run goes on. */
function watch(open: OpenServices, trackId: number): Reached[] {
	const reached: Reached[] = [];
	open.client.on('run.frames', ({ trackId: grown, frameIndexes }) => {
		if (grown === trackId) {
			const [firstFrameIndex, lastFrameIndex] = [frameIndexes[0]!, frameIndexes.at(-1)!];
			const atMillis = performance.now();
			reached.push({ firstFrameIndex, lastFrameIndex, atMillis, inference: inferenceUse(), own: ownUse() });
		}
	});
	return reached;
}

/** Null where the span holds no two batches of frames. */
function millisPerFrame(reached: readonly Reached[], from: number, to: number): number | null {
	return perFrame(reached, [from, to], ({ atMillis }) => atMillis);
}

/** Of both processes together: what else the machine does hardly counts. Null where the system does not tell. */
function cpuMillisPerFrame(reached: readonly Reached[], from: number, to: number): number | null {
	return perFrame(reached, [from, to], ({ own, inference }) => inference && own.cpuMillis + inference.cpuMillis);
}

function perFrame(
	reached: readonly Reached[],
	[from, to]: readonly [number, number],
	of: (batch: Reached) => number | null,
): number | null {
	const first = reached.find(({ lastFrameIndex }) => lastFrameIndex >= from);
	const last = reached.findLast(({ lastFrameIndex }) => lastFrameIndex <= to);
	if (!first || !last || last.lastFrameIndex <= first.lastFrameIndex) {
		return null;
	}
	const [begun, ended] = [of(first), of(last)];
	return begun === null || ended === null ? null : (ended - begun) / (last.lastFrameIndex - first.lastFrameIndex);
}
