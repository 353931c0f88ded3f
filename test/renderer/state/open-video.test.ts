import { expect, test } from 'vitest';
import { emptyRle, encodeRle } from '../../../preload/common/rle.ts';
import type { Events } from '../../../preload/contract/events.ts';
import { isSetAt } from '../../../renderer/state/frame-masks.svelte.ts';
import { kindAt } from '../../../renderer/state/lane.ts';
import { OpenVideo } from '../../../renderer/state/open-video.svelte.ts';
import { fakeService, size } from './fake-service.ts';

const history = { revision: 1, canUndo: false, canRedo: false, undoName: null, redoName: null };

function change(fields: Partial<Events['store.changed']>): Events['store.changed'] {
	return {
		revision: 2,
		scope: 'frames',
		videoId: 1,
		trackId: 7,
		firstFrameIndex: -1,
		lastFrameIndex: -1,
		history,
		...fields,
	};
}

async function openVideo() {
	const service = fakeService(10);
	service.addTrack(7);
	service.addTrack(9);
	const problems: unknown[] = [];
	const video = await OpenVideo.open(service.video, {
		client: () => service.client,
		report: (error) => problems.push(error),
	});
	await video.masks.want(0);
	service.taken();
	return { service, video, problems };
}

test('a change reads what it concerns and no more; masks on screen stay until the new ones are there', async () => {
	const { service, video, problems } = await openVideo();
	service.setMask(7, 0, 2);
	service.setMask(7, 5, 3);
	await video.masks.want(5);
	expect(service.taken()).toEqual(['frame 5']);
	await video.changed(change({ firstFrameIndex: 4, lastFrameIndex: 6 }));
	expect(service.taken()).toEqual(['lane 7']);
	expect(video.masks.at(5)).toBe(null);
	expect(kindAt(video.laneOf(7), 5)).toBe('propagated');

	await video.changed(change({ firstFrameIndex: 0, lastFrameIndex: 0 }));
	expect(video.masks.at(0)).toEqual([]);
	await video.masks.want(0);
	expect(video.masks.at(0)?.map(({ trackId }) => trackId)).toEqual([7]);
	expect(isSetAt(video.masks.at(0)![0]!.rle, { x: 2.5, y: 0.5 })).toBe(true);
	expect(isSetAt(video.masks.at(0)![0]!.rle, { x: 3.5, y: 0.5 })).toBe(false);
	service.taken();

	video.select(9);
	service.removeTrack(9);
	await video.changed(change({ scope: 'tracks', trackId: null }));
	expect([video.selectedTrackId, [...video.lanes.keys()], service.taken()[0]]).toEqual([null, [7], 'list']);
	expect(problems).toEqual([]);
});

test('a mask whose pixels did not change keeps its drawing, and a painted one shows before the service knows', async () => {
	const { service, video } = await openVideo();
	service.setMask(7, 0, 2);
	await video.masks.reread(0);
	const before = video.masks.at(0)![0]!.rle;
	await video.masks.reread(0);
	expect(video.masks.at(0)![0]!.rle).toBe(before);
	const painted = encodeRle({ ...size, data: new Uint8Array(32).fill(1) });
	video.masks.put(0, 7, painted);
	expect(video.masks.at(0)![0]!.rle).toBe(painted);
	video.masks.put(0, 9, emptyRle(size));
	expect(video.masks.at(0)!.map(({ trackId }) => trackId)).toEqual([7, 9]);
	await video.masks.reread(0);
	expect(video.masks.at(0)!.map(({ trackId, rle }) => [trackId, [...rle.counts]])).toEqual([[7, [...before.counts]]]);
});

test('a run grows on the lane while it goes, and the rows are the truth again when it ends', async () => {
	const { service, video } = await openVideo();
	video.runStarted({ jobId: 3, trackIds: [7], range: { from: 0, to: 10 }, direction: 'forward' });
	expect([video.runOf(7)?.jobId, video.runOf(9)]).toEqual([3, null]);
	const grown = (frames: number[]) => ({
		jobId: 3,
		videoId: 1,
		trackId: 7,
		frameIndexes: Int32Array.from(frames),
		kinds: new Uint8Array(frames.length).fill(3),
		flags: new Uint8Array(frames.length),
		ious: new Uint8Array(frames.length).fill(200),
	});
	const untouched = video.lanes.get(7)!;
	video.runGrew(grown([1, 2]));
	video.runGrew(grown([3]));
	expect([...video.laneOf(7).kinds]).toEqual([0, 3, 3, 3, 0, 0, 0, 0, 0, 0]);
	expect(video.runs[0]?.lanes.get(7)).toMatchObject({
		newest: 3,
		reached: Uint8Array.of(0, 1, 1, 1, 0, 0, 0, 0, 0, 0),
	});
	expect(video.lanes.get(7)).toBe(untouched);

	service.setMask(7, 1, 1);
	await video.runEnded(3);
	expect([video.runs.length, [...video.laneOf(7).kinds]]).toEqual([0, [0, 3, 0, 0, 0, 0, 0, 0, 0, 0]]);
	// A run of before a reload is known by its frames alone.
	video.runGrew({ ...grown([4]), jobId: 8 });
	expect(video.runOf(7)?.range).toEqual({ from: 0, to: 10 });
});

test('the playhead stays in the video, and moving it drops what belonged to the frame', async () => {
	const { video } = await openVideo();
	video.selectedPromptId = 5;
	video.seek(99);
	expect([video.frameIndex, video.selectedPromptId, video.timeSeconds]).toEqual([9, null, 0.36]);
	video.seek(-3);
	expect(video.frameIndex).toBe(0);
});
