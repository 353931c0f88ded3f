import { expect, test } from 'vitest';
import { isStudioError } from '../../preload/common/studio-error.ts';
import { execute, first, sql } from '../../main/store/db.ts';
import {
	appendPassFrames,
	beginPass,
	countFrames,
	dropPass,
	frameMasks,
	historyState,
	interruptedPasses,
	interruptPass,
	openStore,
	passSegments,
	publishPass,
	readFrame,
	readLane,
	readPass,
	redo,
	removeTrack,
	resumePass,
	runEdit,
	undo,
	type PassFrameInput,
	type Store,
} from '../../main/store/index.ts';
import { createStore, dump, importVideo, maskOf, putAnchor, scratchFolder, tickingClock } from './support.ts';

const carry = { name: 'Carry dog', kind: 'track.propagate' };

function tracked(trackId: number, frameIndex: number, mask = `t${trackId} f${frameIndex}`): PassFrameInput {
	return {
		trackId,
		frameIndex,
		mask: maskOf(mask),
		provenance: frameIndex === 9 ? 'emptyByModel' : 'propagated',
		predictedIou: 0.5,
		objectScore: 3.25,
		stability: null,
		isUncertain: frameIndex === 8,
	};
}

function begin(store: Store, { videoId, trackIds }: { videoId: number; trackIds: number[] }): number {
	return beginPass(store, {
		videoId,
		modelId: 'builtin',
		request: { direction: 'both', range: [0, 12] },
		segments: trackIds.flatMap((trackId) => [
			{ trackId, direction: 'forward', anchorFrameIndex: 5, firstFrameIndex: 6, lastFrameIndex: 11 },
			{ trackId, direction: 'backward', anchorFrameIndex: 5, firstFrameIndex: 4, lastFrameIndex: 0 },
		]),
	});
}

test('a run writes a pass while edits go on; publishing is one edit that leaves anchors alone', () => {
	using folder = scratchFolder();
	using store = createStore(folder.path);
	const { videoId, trackIds } = importVideo(store, { name: 'a.mp4', frameCount: 12, trackCount: 3 });
	const [dog, ball, gone] = trackIds as [number, number, number];
	runEdit(store, { name: 'Click', kind: 'x' }, (db) =>
		putAnchor(db, { trackId: dog, frameIndex: 5 }, maskOf('anchor')),
	);
	const revision = historyState(store.db).revision;
	const passId = begin(store, { videoId, trackIds });
	expect(readPass(store.db, passId)).toEqual({
		passId,
		videoId,
		trackIds,
		modelId: 'builtin',
		state: 'running',
		doneCount: 0,
		totalCount: 33,
		request: { direction: 'both', range: [0, 12] },
		startedAtMillis: expect.any(Number),
	});
	appendPassFrames(store, passId, [tracked(dog, 6), tracked(dog, 7), tracked(dog, 5, 'over the anchor')]);
	appendPassFrames(store, passId, [tracked(ball, 6), tracked(gone, 6), tracked(dog, 8), tracked(dog, 9)]);
	appendPassFrames(store, passId, [tracked(dog, 4), tracked(dog, 3)]);
	// A frame written again (a resumed run that starts a little early) is replaced.
	appendPassFrames(store, passId, [tracked(dog, 7, 'seven again')]);
	expect(passSegments(store.db, passId).slice(0, 4)).toEqual([
		{
			trackId: dog,
			direction: 'forward',
			anchorFrameIndex: 5,
			firstFrameIndex: 6,
			lastFrameIndex: 11,
			reachedFrameIndex: 9,
		},
		{
			trackId: dog,
			direction: 'backward',
			anchorFrameIndex: 5,
			firstFrameIndex: 4,
			lastFrameIndex: 0,
			reachedFrameIndex: 3,
		},
		{
			trackId: ball,
			direction: 'forward',
			anchorFrameIndex: 5,
			firstFrameIndex: 6,
			lastFrameIndex: 11,
			reachedFrameIndex: 6,
		},
		{
			trackId: ball,
			direction: 'backward',
			anchorFrameIndex: 5,
			firstFrameIndex: 4,
			lastFrameIndex: 0,
			reachedFrameIndex: null,
		},
	]);
	// No edit, no change of the record.
	expect(historyState(store.db)).toMatchObject({ revision, undoName: 'Click' });

	// What runs can be seen, over everything but anchors.
	expect(frameMasks(store.db, { videoId, frameIndex: 7 })).toEqual([]);
	expect(frameMasks(store.db, { videoId, frameIndex: 7, withPreview: true })).toEqual([
		{
			trackId: dog,
			frameIndex: 7,
			provenance: 'propagated',
			predictedIou: 0.5,
			objectScore: 3.25,
			stability: null,
			isAnchor: false,
			isPending: false,
			isUncertain: false,
			passId,
			editId: 0,
			editedAtMillis: expect.any(Number),
			author: null,
			mask: maskOf('seven again'),
			isPreview: true,
			prompts: [],
		},
	]);
	expect(frameMasks(store.db, { videoId, frameIndex: 6, withPreview: true }).map((frame) => frame.trackId)).toEqual(
		trackIds,
	);
	expect(frameMasks(store.db, { videoId, frameIndex: 5, withPreview: true })).toMatchObject([
		{ isAnchor: true, isPreview: false },
	]);
	expect([...readLane(store.db, dog)!.kinds]).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
	expect(readLane(store.db, dog, { withPreview: true })).toEqual({
		trackId: dog,
		revision,
		kinds: Uint8Array.of(0, 0, 0, 3, 3, 1, 3, 3, 3, 6, 0, 0),
		flags: Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0),
		ious: Uint8Array.of(255, 255, 255, 127, 127, 255, 127, 127, 127, 127, 255, 255),
	});

	// Meanwhile: a correction on a frame that is reached already, and a track goes.
	runEdit(store, { name: 'Correct', kind: 'x' }, (db) =>
		putAnchor(db, { trackId: dog, frameIndex: 7 }, maskOf('by hand')),
	);
	runEdit(store, { name: 'Remove', kind: 'x' }, (db) => removeTrack(db, gone));
	const before = dump(store.db);
	const published = publishPass(store, passId, carry);
	expect(published).toMatchObject({
		value: { publishedCount: 6, keptAnchorCount: 2 },
		changes: [{ scope: 'frames', videoId, trackId: null, firstFrameIndex: 3, lastFrameIndex: 9 }],
	});
	expect(readFrame(store.db, { trackId: dog, frameIndex: 7 })).toMatchObject({
		mask: maskOf('by hand'),
		isAnchor: true,
	});
	expect(readFrame(store.db, { trackId: dog, frameIndex: 5 })).toMatchObject({ mask: maskOf('anchor') });
	expect(readFrame(store.db, { trackId: dog, frameIndex: 8 })).toMatchObject({
		mask: maskOf(`t${dog} f8`),
		modelMask: maskOf(`t${dog} f8`),
		provenance: 'propagated',
		isAnchor: false,
		isUncertain: true,
		objectScore: 3.25,
		passId,
		editId: published.editId,
		author: 'me',
	});
	expect(countFrames(store.db, dog)).toEqual({ frameCount: 7, anchorCount: 2, uncertainCount: 1, emptyCount: 1 });
	expect(readPass(store.db, passId)).toMatchObject({ state: 'published', doneCount: 0 });
	expect(first(store.db, sql`SELECT count(*) AS count FROM passFrame`)).toEqual({ count: 0 });
	const after = dump(store.db);

	// Carried again over what is there, undone at once, and redone.
	const again = begin(store, { videoId, trackIds: [dog] });
	appendPassFrames(
		store,
		again,
		[6, 7, 8, 9, 10].map((frameIndex) => tracked(dog, frameIndex, `again ${frameIndex}`)),
	);
	expect(publishPass(store, again, carry).value).toEqual({ publishedCount: 4, keptAnchorCount: 1 });
	const later = dump(store.db);
	undo(store);
	expect(dump(store.db)).toBe(after);
	undo(store);
	expect(dump(store.db)).toBe(before);
	redo(store);
	expect(dump(store.db)).toBe(after);
	redo(store);
	expect(dump(store.db)).toBe(later);

	// A pass that reached nothing makes no edit and is over.
	const empty = begin(store, { videoId, trackIds: [dog] });
	expect(publishPass(store, empty, carry)).toMatchObject({
		editId: null,
		value: { publishedCount: 0, keptAnchorCount: 0 },
	});
	expect(readPass(store.db, empty)?.state).toBe('published');
	expect(codeOf(() => publishPass(store, empty, carry))).toBe('store.passEnded');
	expect(codeOf(() => appendPassFrames(store, empty, [tracked(dog, 1)]))).toBe('store.passEnded');
	expect(codeOf(() => dropPass(store, 99))).toBe('store.passUnknown');
	expect(dump(store.db)).toBe(later);
});

test('a pass whose process died waits, and is resumed, published or dropped', () => {
	using folder = scratchFolder();
	const killed = createStore(folder.path);
	const { videoId, trackIds } = importVideo(killed, { name: 'a.mp4', frameCount: 12, trackCount: 1 });
	const dog = trackIds[0]!;
	const [resumed, published, dropped] = [0, 1, 2].map(() => begin(killed, { videoId, trackIds })) as [
		number,
		number,
		number,
	];
	for (const passId of [resumed, published, dropped]) {
		appendPassFrames(killed, passId, [tracked(dog, 6), tracked(dog, 7)]);
	}
	expect(interruptedPasses(killed.db)).toEqual([]);
	killed.close();

	using store = openStore(killed.path, { mode: 'edit', now: tickingClock() });
	expect(
		interruptedPasses(store.db).map(({ passId, doneCount, totalCount }) => [passId, doneCount, totalCount]),
	).toEqual([
		[resumed, 2, 11],
		[published, 2, 11],
		[dropped, 2, 11],
	]);
	expect(frameMasks(store.db, { videoId, frameIndex: 6, withPreview: true })).toEqual([]);
	expect(codeOf(() => appendPassFrames(store, resumed, [tracked(dog, 8)]))).toBe('store.passEnded');

	expect(resumePass(store, resumed)).toMatchObject({ state: 'running', doneCount: 2 });
	expect(passSegments(store.db, resumed)[0]).toMatchObject({ lastFrameIndex: 11, reachedFrameIndex: 7 });
	appendPassFrames(store, resumed, [tracked(dog, 8)]);
	expect(publishPass(store, resumed, carry).value).toEqual({ publishedCount: 3, keptAnchorCount: 0 });
	expect(publishPass(store, published, carry).value).toEqual({ publishedCount: 2, keptAnchorCount: 0 });
	dropPass(store, dropped);
	expect(interruptedPasses(store.db)).toEqual([]);
	expect(readPass(store.db, dropped)).toMatchObject({ state: 'dropped', doneCount: 0 });

	// A run can be set aside without a kill; one of a video that is not there any more waits unseen.
	const aside = begin(store, { videoId, trackIds });
	interruptPass(store, aside);
	expect(interruptedPasses(store.db).map((pass) => pass.passId)).toEqual([aside]);
	const end = dump(store.db);
	while (historyState(store.db).canUndo) {
		undo(store);
	}
	expect(interruptedPasses(store.db)).toEqual([]);
	while (historyState(store.db).canRedo) {
		redo(store);
	}
	expect(dump(store.db)).toBe(end);
	expect(interruptedPasses(store.db).map((pass) => pass.passId)).toEqual([aside]);
});

test('the disk fills up in the middle of a run: a sentence, nothing acknowledged is lost, and work goes on after', () => {
	using folder = scratchFolder();
	const store = createStore(folder.path);
	const { videoId, trackIds } = importVideo(store, { name: 'a.mp4', frameCount: 5000, trackCount: 1 });
	const dog = trackIds[0]!;
	const passId = beginPass(store, {
		videoId,
		modelId: 'builtin',
		request: null,
		segments: [{ trackId: dog, direction: 'forward', anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex: 4999 }],
	});
	const { page_count: pages } = first<{ page_count: number }>(store.db, sql`PRAGMA page_count`)!;
	execute(store.db, sql`PRAGMA max_page_count = ${String(pages + 40)}`);
	const frameOf = (frameIndex: number): PassFrameInput => tracked(dog, frameIndex, `${frameIndex} `.repeat(200));
	let acknowledged = 0;
	const code = codeOf(() => {
		for (;;) {
			appendPassFrames(store, passId, [frameOf(acknowledged + 1), frameOf(acknowledged + 2)]);
			acknowledged += 2;
		}
	});
	expect(code).toBe('disk.full');
	expect(acknowledged).toBeGreaterThan(10);
	// Whole commits only; what can still be read can be read, and edits are refused in the same words.
	expect(readPass(store.db, passId)).toMatchObject({ state: 'running', doneCount: acknowledged });
	expect(passSegments(store.db, passId)[0]!.reachedFrameIndex).toBe(acknowledged);
	const before = dump(store.db);
	const paint = { name: 'Paint', kind: 'x' };
	const paintMuch = () =>
		runEdit(store, paint, (db) => {
			for (let frameIndex = 0; frameIndex < 200; frameIndex++) {
				putAnchor(db, { trackId: dog, frameIndex: 4000 + frameIndex }, maskOf(`${frameIndex} `.repeat(300)));
			}
		});
	expect(codeOf(paintMuch)).toBe('disk.full');
	expect(dump(store.db)).toBe(before);
	expect(first(store.db, sql`PRAGMA integrity_check`)).toEqual({ integrity_check: 'ok' });

	execute(store.db, sql`PRAGMA max_page_count = 1000000`);
	appendPassFrames(store, passId, [frameOf(acknowledged + 1)]);
	paintMuch();
	expect(publishPass(store, passId, carry).value).toEqual({ publishedCount: acknowledged + 1, keptAnchorCount: 0 });
	const after = dump(store.db);
	store.close();
	using again = openStore(store.path, { mode: 'edit', now: tickingClock() });
	expect(dump(again.db)).toBe(after);
	undo(again);
	undo(again);
	expect(dump(again.db)).toBe(before);
});

function codeOf(work: () => unknown): string {
	try {
		work();
	} catch (error) {
		if (isStudioError(error)) {
			return error.code;
		}
		throw error;
	}
	return 'nothing';
}
