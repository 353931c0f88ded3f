import { renameSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendPassFrames, beginPass, openStore } from '../../main/store/index.ts';
import { rleIou } from '../../preload/common/mask-algebra.ts';
import { rleFromBytes, rleToBytes } from '../../preload/common/rle.ts';
import type { RunResult } from '../../preload/contract/track.ts';
import { openServices, type OpenServices } from './open-services.ts';
import { maskAt, size, square, squareProject, usualFrameCount } from './square-project.ts';

let open: OpenServices;
beforeAll(async () => {
	open = await openServices();
});
afterAll(() => open.close());

async function give(trackId: number, frameIndex: number, left: number): Promise<void> {
	await open.client.annotate.setMask({ trackId, frameIndex, mask: rleToBytes(square(left)) });
}

async function kinds(trackId: number): Promise<string> {
	return [...(await open.client.track.lane({ trackId })).kinds].map((kind) => (kind === 0 ? '.' : 'x')).join('');
}

test('a run plans on what is there when it starts', async () => {
	const { client } = open;
	const { trackId } = await squareProject(open, { name: 'Undone', left: 10 });
	const prompt = { kind: 'box' as const, x0: 10, y0: 40, x1: 50, y1: 80 };
	await client.annotate.addPrompt({ trackId, frameIndex: 0, prompt });
	const ended = open.next('job.done', (event) => event.job.method === 'track.propagate');
	await client.track.propagate({ videoId: 1, trackIds: [trackId] });
	await client.history.undo();
	expect(await ended).toMatchObject({ job: { state: 'failed' }, error: { code: 'track.noAnchor' } });
	expect(await client.history.state()).toMatchObject({ canRedo: true });
});

test('an anchor that is cleared or clicked during a run is taken as it is when its sweep starts', async () => {
	const { client } = open;
	const { trackId } = await squareProject(open, { name: 'Cleared', left: 10, frameCount: 160 });
	await give(trackId, 0, 10);
	await give(trackId, 150, 160);
	await give(trackId, 159, 169);
	const reached = open.next('run.frames', () => true);
	const ended = open.next('job.done', (event) => event.job.method === 'track.propagate');
	await client.track.propagate({ videoId: 1, trackIds: [trackId] });
	await reached;
	await client.annotate.clear({ trackId, range: { from: 150, to: 151 } });
	const { job, error } = await ended;
	expect(error).toBeNull();
	expect(job.warnings).toEqual([expect.stringContaining('frame 150')]);
	// 1 to 75 forward from 0, 151 to 154 forward from 150, which was there then, 155 to 158 backward from 159.
	expect(await kinds(trackId)).toBe(`${'x'.repeat(76)}${'.'.repeat(75)}${'x'.repeat(9)}`);
});

test('a video that is removed during its run ends it, and undo brings back what was reached', async () => {
	const { client } = open;
	const { trackId } = await squareProject(open, { name: 'Removed', left: 10, frameCount: 160 });
	await give(trackId, 0, 10);
	const reached = open.next('run.frames', () => true);
	const ended = open.next('job.done', (event) => event.job.method === 'track.propagate');
	await client.track.propagate({ videoId: 1, trackIds: [trackId] });
	await reached;
	await client.video.remove({ videoId: 1 });
	expect(await ended).toMatchObject({ job: { state: 'failed' }, error: { code: 'project.videoUnknown' } });
	expect(await client.history.undo()).toMatchObject({ redoName: 'Remove Removed pictures' });
	const [pass, ...others] = await client.track.interruptedPasses();
	expect(others).toEqual([]);
	expect(pass).toMatchObject({ trackIds: [trackId], totalCount: 159 });
	const resumed = await open.run<RunResult>(() => client.track.resumePass({ passId: pass!.passId }));
	expect(resumed).toMatchObject({ state: 'done', result: { isPublished: true } });
	expect(await kinds(trackId)).toBe('x'.repeat(160));
});

test('an interrupted run is resumed once, and not for objects that are gone', async () => {
	const { client } = open;
	const { path, trackId } = await squareProject(open, { name: 'Resumed', left: 10 });
	await give(trackId, 0, 10);
	const { trackId: goneId } = await client.track.create({ videoId: 1 });
	await give(goneId, 0, 10);
	await client.project.close();
	interrupt(path, [trackId, goneId]);
	await client.project.open({ path });
	await client.track.remove({ trackId: goneId });
	const dones: string[] = [];
	const bothEnded = open.next('job.done', ({ job, error }) => {
		if (job.method === 'track.resumePass') {
			dones.push(error?.code ?? job.state);
		}
		return dones.length === 2;
	});
	await Promise.all([client.track.resumePass({ passId: 1 }), client.track.resumePass({ passId: 1 })]);
	await expect(client.track.resumePass({ passId: 9 })).rejects.toMatchObject({ code: 'run.passUnknown' });
	const running = open.next('run.frames', () => true);
	await running;
	await expect(client.track.dropPass({ passId: 1 })).rejects.toMatchObject({ code: 'run.passUnknown' });
	await expect(client.track.publishPass({ passId: 1 })).rejects.toMatchObject({ code: 'run.passUnknown' });
	await bothEnded;
	expect(dones.sort()).toEqual(['done', 'run.passUnknown']);
	expect(await kinds(trackId)).toBe('x'.repeat(usualFrameCount));
});

test('interpolation fills what lies between two anchors, from both, and goes on after a kill', async () => {
	const { client } = open;
	const { path, trackId } = await squareProject(open, { name: 'Between', left: 10 });
	await give(trackId, 0, 10);
	const between = () => open.run<RunResult>(() => client.track.propagate({ videoId: 1, direction: 'between' }));
	await expect(between()).rejects.toMatchObject({ code: 'run.nothingBetween' });
	await give(trackId, 12, 22);
	expect(await between()).toMatchObject({ result: { frameCount: 11, isPublished: true } });
	expect(await kinds(trackId)).toBe('x'.repeat(13).padEnd(usualFrameCount, '.'));
	for (let frameIndex = 1; frameIndex < 12; frameIndex++) {
		const { provenance, mask } = await maskAt(open, frameIndex);
		expect(provenance).toBe('interpolated');
		expect(rleIou(rleFromBytes(size, mask), square(10 + frameIndex))).toBeGreaterThan(0.9);
	}
	await client.history.undo();

	await client.project.close();
	interrupt(path, [trackId], { direction: 'between', lastFrameIndex: 11 });
	await client.project.open({ path });
	const [pass] = await client.track.interruptedPasses();
	const resumed = await open.run<RunResult>(() => client.track.resumePass({ passId: pass!.passId }));
	expect(resumed).toMatchObject({ result: { frameCount: 8, isPublished: true } });
	expect((await maskAt(open, 8)).provenance).toBe('interpolated');
	expect(await kinds(trackId)).toBe('x'.repeat(13).padEnd(usualFrameCount, '.'));
});

/** Leaves a pass as a kill leaves it: each object reached on frames 1 to 3. */
function interrupt(
	path: string,
	trackIds: number[],
	of: { direction?: 'between'; lastFrameIndex?: number } = {},
): void {
	const { lastFrameIndex = usualFrameCount - 1, ...request } = of;
	using store = openStore(path, { mode: 'edit', now: Date.now });
	const passId = beginPass(store, {
		videoId: 1,
		modelId: 'builtin-basic',
		request,
		segments: trackIds.map((trackId) => ({
			trackId,
			direction: 'forward' as const,
			anchorFrameIndex: 0,
			firstFrameIndex: 1,
			lastFrameIndex,
		})),
	});
	const frames = trackIds.flatMap((trackId) =>
		[1, 2, 3].map((frameIndex) => ({
			trackId,
			frameIndex,
			mask: rleToBytes(square(10 + frameIndex)),
			provenance: 'propagated' as const,
			isUncertain: false,
			predictedIou: null,
			objectScore: null,
			stability: null,
		})),
	);
	appendPassFrames(store, passId, frames);
}

test('a mask that failed for want of its source is made once that is back', async () => {
	const { client } = open;
	const { path, folder, trackId } = await squareProject(open, { name: 'Lost', left: 10 });
	await client.project.close();
	renameSync(folder, `${folder} away`);
	await client.project.open({ path });
	const failed = open.next('warning', (warning) => warning.code === 'annotate.maskFailed');
	const prompt = { kind: 'box' as const, x0: 10, y0: 40, x1: 50, y1: 80 };
	await client.annotate.addPrompt({ trackId, frameIndex: 0, prompt });
	await failed;
	await expect(open.run(() => client.track.propagate({ videoId: 1 }))).rejects.toMatchObject({
		code: 'annotate.maskFailed',
	});
	await open.run(() => client.video.relocate({ videoId: 1, path: `${folder} away` }));
	expect(rleIou(rleFromBytes(size, (await maskAt(open, 0)).mask), square(10))).toBeGreaterThan(0.8);
});
