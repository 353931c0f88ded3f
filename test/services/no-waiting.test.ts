import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServices, type OpenServices } from './open-services.ts';

let open: OpenServices;
beforeAll(async () => {
	open = await openServices({ inferenceEntry: join(import.meta.dirname, 'silent-child.ts') });
});
afterAll(() => open.close());

test('no call waits for a model: with one that never answers, all of the work goes on', async () => {
	const { client } = open;
	const path = join(open.folder, 'Silent.masklet');
	await client.project.create({ path, name: 'Silent' });
	await open.run(() => client.video.import({ paths: [open.samplePath] }));
	const { trackId } = await client.track.create({ videoId: 1 });
	const point = { kind: 'point' as const, x: 300, y: 200, isPositive: true };

	// The click is on disk although its mask never comes; painting, looking and undoing go on around it.
	const { promptId } = await client.annotate.addPrompt({ trackId, frameIndex: 4, prompt: point });
	expect(await client.track.frame({ videoId: 1, frameIndex: 4 })).toMatchObject([
		{ isPending: true, prompts: [{ promptId }] },
	]);
	expect(await client.segment.preview({ videoId: 1, frameIndex: 4, prompts: [point] })).toMatchObject({
		jobId: expect.any(Number),
	});
	expect(await client.segment.prepare({ videoId: 1, frameIndex: 5 })).toMatchObject({ jobId: expect.any(Number) });
	await client.annotate.setAbsent({ trackId, frameIndex: 9 });
	expect(await client.history.undo()).toMatchObject({ undoName: 'Click on object 1, frame 4' });
	expect((await open.services.picture(1, 7, { signal: new AbortController().signal })).bytes.length).toBeGreaterThan(
		1000,
	);

	// A run waits for the click's mask in its job, not in its call, and stops when it is told to.
	const ended = open.next('job.done', (event) => event.job.method === 'track.propagate');
	const { jobId } = await client.track.propagate({ videoId: 1, trackIds: [trackId] });
	expect(await client.job.list()).toContainEqual(expect.objectContaining({ jobId, state: 'running' }));
	await client.job.cancel({ jobId });
	expect((await ended).job.state).toBe('cancelled');

	// So does closing; the click is still there, and pending, when it is opened again.
	await client.project.close();
	await client.project.open({ path });
	expect(await client.track.frame({ videoId: 1, frameIndex: 4 })).toMatchObject([{ isPending: true }]);
});
