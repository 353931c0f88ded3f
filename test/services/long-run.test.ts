import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../preload/contract/track.ts';
import { killedRun, longProject } from './long-clip.ts';
import { openServices, type OpenServices } from './open-services.ts';

/* The short form of `npm run bench -- long`: SAM 2 miniature, several objects, cut off and resumed. */

const frameCount = 60;
let open: OpenServices;
beforeAll(async () => {
	open = await openServices();
});
afterAll(() => open.close());

/** Frames that runs announce from now on, an object each. */
function announced(): Map<number, number[]> {
	const frames = new Map<number, number[]>();
	open.client.on('run.frames', ({ trackId, frameIndexes }) => {
		frames.set(trackId, [...(frames.get(trackId) ?? []), ...frameIndexes]);
	});
	return frames;
}

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('a run that is killed goes on with the next frame of each object, none twice and none left out', async () => {
	const { client } = open;
	const { path, trackIds } = await longProject(open, { name: 'Killed', frameCount, objectCount: 2 });
	await client.project.close();
	const reached = await killedRun(open.folder, path, 6);
	expect([...reached.keys()].sort()).toEqual(trackIds);
	await client.project.open({ path });
	const [pass] = await client.track.interruptedPasses();
	const computed = announced();
	const resumed = await open.run<RunResult>(() => client.track.resumePass({ passId: pass!.passId }));
	expect(resumed).toMatchObject({ state: 'done', result: { isPublished: true } });
	let computedCount = 0;
	for (const trackId of trackIds) {
		const frames = computed.get(trackId)!;
		// What was on disk may be a little more than what was heard of before the kill.
		expect(frames[0]).toBeGreaterThan(reached.get(trackId)!);
		expect(frames).toEqual(upTo(frames[0]!, frameCount - 1));
		computedCount += frames.length;
		expect([...(await client.track.lane({ trackId })).kinds].every((kind) => kind !== 0)).toBe(true);
	}
	expect(computedCount).toBe(pass!.totalCount - pass!.doneCount);
	await client.project.close();
}, 400_000);

test('a run that is cancelled keeps what it reached, of every object', async () => {
	const { client } = open;
	const { trackIds } = await longProject(open, { name: 'Cancelled', frameCount, objectCount: 2 });
	const computed = announced();
	const begun = open.next('run.frames', () => true);
	const ended = open.next('job.done', ({ job }) => job.method === 'track.propagate');
	const { jobId } = await client.track.propagate({ videoId: 1 });
	await begun;
	await client.job.cancel({ jobId });
	expect(await ended).toMatchObject({ job: { state: 'cancelled' }, error: null });
	for (const trackId of trackIds) {
		const frames = computed.get(trackId) ?? [];
		expect(frames.length).toBeLessThan(frameCount - 1);
		expect(frames).toEqual(upTo(1, frames.length));
		const { kinds } = await client.track.lane({ trackId });
		expect([...kinds].map((kind) => kind !== 0)).toEqual(
			upTo(0, frameCount - 1).map((frame) => frame <= frames.length),
		);
	}
}, 400_000);
