import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rleIou, subtractRles } from '../../preload/common/mask-algebra.ts';
import { encodeRle, rleArea, rleFromBytes, rleFromString, rleToBytes, type Rle } from '../../preload/common/rle.ts';
import type { FrameMask, RunResult } from '../../preload/contract/track.ts';
import type { VideoInfo } from '../../preload/contract/video.ts';
import { openServices, type OpenServices } from './open-services.ts';

let open: OpenServices;
let video: VideoInfo;
let truth: { masklet: { size: [number, number]; counts: string }[][] };

beforeAll(async () => {
	open = await openServices();
	truth = JSON.parse(readFileSync(join(open.samplePath, '../ground-truth.json'), 'utf8'));
});
afterAll(() => open.close());

function truthAt(frameIndex: number, object: number): Rle {
	const { size, counts } = truth.masklet[frameIndex]![object]!;
	return rleFromString({ width: size[1], height: size[0] }, counts);
}

async function maskOf(trackId: number, frameIndex: number): Promise<FrameMask | undefined> {
	const masks = await open.client.track.frame({ videoId: video.videoId, frameIndex });
	return masks.find((mask) => mask.trackId === trackId);
}

async function settled(trackId: number, frameIndex: number): Promise<FrameMask> {
	for (;;) {
		const changed = open.next('store.changed', (change) => change.scope === 'frames');
		const mask = await maskOf(trackId, frameIndex);
		if (mask && !mask.isPending) {
			return mask;
		}
		await changed;
	}
}

function square(side: number): Uint8Array {
	const data = new Uint8Array(video.width * video.height);
	for (let row = 0; row < side; row++) {
		data.fill(1, row * video.width, row * video.width + side);
	}
	return rleToBytes(encodeRle({ width: video.width, height: video.height, data }));
}

test('from a video to corrected masks that stick, through undo and a new start', async () => {
	const { client } = open;
	const path = join(open.folder, 'Job.masklet');
	await client.project.create({ path, name: 'Job' });
	const imported = await open.run<{ videoIds: number[]; problems: unknown[] }>(() =>
		client.video.import({ paths: [open.samplePath, join(open.folder, 'none.mp4')] }),
	);
	expect(imported.result).toMatchObject({ videoIds: [1], problems: [{ code: 'file.notFound' }] });
	video = await client.video.get({ videoId: 1 });
	expect(video.frameCount).toBe(truth.masklet.length);

	const label = await client.project.addLabel({ name: 'thing' });
	const track = await client.track.create({ videoId: 1, labelId: label.labelId });
	expect(track).toMatchObject({ name: 'thing 1', position: 0, verdict: 'draft' });
	const { trackId } = track;
	const first = truthAt(0, 0);
	await client.annotate.addPrompt({
		trackId,
		frameIndex: 0,
		prompt: { kind: 'mask', mask: rleToBytes(first), origin: 'given' },
	});
	const given = await settled(trackId, 0);
	expect(given).toMatchObject({ provenance: 'prompted', isAnchor: true, prompts: [{ promptId: 1 }] });
	expect(rleFromBytes(video, given.mask)).toEqual(first);

	const range = { from: 0, to: 16 };
	const run = await open.run<RunResult>(() => client.track.propagate({ videoId: 1, trackIds: [trackId], range }));
	expect(run).toMatchObject({ state: 'done', result: { frameCount: 15, isPublished: true } });
	const carried = await maskOf(trackId, 8);
	expect(carried).toMatchObject({ provenance: 'propagated', isAnchor: false });
	expect(rleIou(rleFromBytes(video, carried!.mask), truthAt(8, 0))).toBeGreaterThan(0.5);

	// A stroke far from the object is a correction that no run may touch.
	await client.annotate.paint({ trackId, frameIndex: 10, area: square(12), isErasing: false });
	const corrected = await maskOf(trackId, 10);
	expect(corrected).toMatchObject({ provenance: 'edited', isAnchor: true });
	expect(rleArea(subtractRles(rleFromBytes(video, square(12)), rleFromBytes(video, corrected!.mask)))).toBe(0);
	await open.run(() => client.track.propagate({ videoId: 1, range }));
	expect(await maskOf(trackId, 10)).toEqual(corrected);
	expect(await maskOf(trackId, 0)).toEqual(given);

	// One undo takes the second run back, the next the stroke, the next the first run.
	const afterRun = await client.track.lane({ trackId });
	expect(await client.history.undo()).toMatchObject({ canRedo: true, redoName: 'Carry thing 1' });
	await client.history.undo();
	expect(await maskOf(trackId, 10)).toMatchObject({ provenance: 'propagated' });
	await client.history.undo();
	expect((await client.track.lane({ trackId })).kinds.filter((kind) => kind !== 0)).toHaveLength(1);
	for (let count = 0; count < 3; count++) {
		await client.history.redo();
	}
	expect((await client.track.lane({ trackId })).kinds).toEqual(afterRun.kinds);

	// All of it is there after closing and opening, history too.
	await client.project.close();
	await expect(client.track.list({ videoId: 1 })).rejects.toMatchObject({ code: 'project.none' });
	await client.project.open({ path });
	expect(await maskOf(trackId, 10)).toEqual(corrected);
	expect(await client.history.state()).toMatchObject({ canUndo: true, canRedo: false, undoName: 'Carry thing 1' });
});

test('a click corrects what a run left, and its mask joins the click in one undo', async () => {
	const { client } = open;
	const [track] = await client.track.list({ videoId: 1 });
	const { trackId } = track!;
	const before = (await maskOf(trackId, 5))!;
	const inside = { x: 2.5, y: video.height - 2.5 };
	await client.annotate.addPrompt({
		trackId,
		frameIndex: 5,
		prompt: { kind: 'point', ...inside, isPositive: true },
	});
	const clicked = await settled(trackId, 5);
	expect(clicked.prompts.map(({ prompt }) => prompt)).toEqual([
		{ kind: 'mask', mask: before.mask, origin: 'propagated' },
		{ kind: 'point', ...inside, isPositive: true },
	]);
	expect(clicked).toMatchObject({ provenance: 'prompted', isAnchor: true });
	await client.history.undo();
	expect(await maskOf(trackId, 5)).toEqual(before);
	await client.history.redo();
	expect(await maskOf(trackId, 5)).toEqual(clicked);

	const [base, click] = clicked.prompts;
	await client.annotate.removePrompt({ promptId: click!.promptId });
	expect(await maskOf(trackId, 5)).toMatchObject({ provenance: 'propagated', isAnchor: false, mask: before.mask });
	expect(base).toBeDefined();
});

test('what cannot be done is said, and changes nothing', async () => {
	const { client } = open;
	const [track] = await client.track.list({ videoId: 1 });
	const { trackId } = track!;
	const before = await client.history.state();
	const point = { kind: 'point' as const, x: 1, y: 1, isPositive: true };
	await expect(client.annotate.addPrompt({ trackId, frameIndex: 100_000, prompt: point })).rejects.toMatchObject({
		code: 'project.frameOutside',
	});
	await expect(
		client.annotate.addPrompt({ trackId, frameIndex: 3, prompt: { ...point, x: video.width } }),
	).rejects.toMatchObject({ code: 'annotate.outside' });
	await expect(client.annotate.setMask({ trackId, frameIndex: 3, mask: Uint8Array.of(48, 49) })).rejects.toMatchObject({
		code: 'annotate.maskSize',
	});
	const empty = await client.track.create({ videoId: 1 });
	await expect(client.track.propagate({ videoId: 1, trackIds: [empty.trackId] })).rejects.toMatchObject({
		code: 'track.noAnchor',
	});
	await client.track.update({ trackId, isLocked: true });
	await expect(client.annotate.setAbsent({ trackId, frameIndex: 3 })).rejects.toMatchObject({ code: 'track.locked' });
	for (let count = 0; count < 2; count++) {
		await client.history.undo();
	}
	expect(await client.history.state()).toMatchObject({ undoName: before.undoName });
});

test('a cancelled run keeps what it reached, as one edit', async () => {
	const { client } = open;
	const [track] = await client.track.list({ videoId: 1 });
	const { trackId } = track!;
	const before = await client.track.lane({ trackId });
	const reached = open.next('run.frames', () => true);
	const ended = open.next('job.done', (event) => event.job.method === 'track.propagate');
	const { jobId } = await client.track.propagate({ videoId: 1, trackIds: [trackId] });
	await reached;
	await client.job.cancel({ jobId });
	const { job, result } = await ended;
	expect(job.state).toBe('cancelled');
	const { frameCount } = result as RunResult;
	expect(frameCount).toBeGreaterThan(0);
	expect(frameCount).toBeLessThan(video.frameCount - 2);
	await client.history.undo();
	expect((await client.track.lane({ trackId })).kinds).toEqual(before.kinds);
});
