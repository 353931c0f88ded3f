import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { execute, first, sql, type ReadDb } from '../../main/store/db.ts';
import {
	appendPassFrames,
	beginPass,
	collectBlobs,
	compact,
	dropPass,
	historyState,
	insertPrompt,
	listEdits,
	openStore,
	publishPass,
	putBlob,
	readBlob,
	readFrame,
	readTrack,
	redo,
	removeTrack,
	removeVideo,
	runEdit,
	undo,
	updateFrame,
	type Store,
} from '../../main/store/index.ts';
import { randomAmend, randomEdit, randomOf } from './random-edits.ts';
import { createStore, dump, importVideo, maskOf, putAnchor, scratchFolder, tickingClock } from './support.ts';

const blobCount = (db: ReadDb): number => first<{ count: number }>(db, sql`SELECT count(*) AS count FROM blob`)!.count;
const countOf = (db: ReadDb, table: 'video' | 'track' | 'frame'): number =>
	first<{ count: number }>(db, sql`SELECT count(*) AS count FROM ${table}`)!.count;
const paint = { name: 'Paint', kind: 'x' };

function runPass(
	store: Store,
	{ videoId, trackId, masks }: { videoId: number; trackId: number; masks: string[] },
): number {
	const lastFrameIndex = masks.length;
	const passId = beginPass(store, {
		videoId,
		modelId: 'builtin',
		request: null,
		segments: [{ trackId, direction: 'forward', anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex }],
	});
	appendPassFrames(
		store,
		passId,
		masks.map((mask, place) => ({
			trackId,
			frameIndex: place + 1,
			mask: maskOf(mask),
			provenance: 'propagated',
			predictedIou: null,
			objectScore: null,
			stability: null,
			isUncertain: false,
		})),
	);
	return passId;
}

test('equal bytes are kept once; what rows, passes or ops still speak of stays, the rest is collected', async () => {
	using folder = scratchFolder();
	using store = createStore(folder.path);
	const { videoId, trackIds } = importVideo(store, { name: 'a.mp4', frameCount: 12, trackCount: 1 });
	const trackId = trackIds[0]!;
	const index = 1;
	runEdit(store, paint, (db) => {
		expect(putBlob(db, maskOf('same'))).toBe(putBlob(db, maskOf('same')));
		putAnchor(db, { trackId, frameIndex: 0 }, maskOf('same'));
		insertPrompt(db, { trackId, frameIndex: 0, prompt: { kind: 'mask', mask: maskOf('given'), origin: 'given' } });
		putBlob(db, maskOf('never used'));
	});
	const emptyId = runEdit(store, paint, (db) => {
		const blobId = putBlob(db, new Uint8Array(0));
		updateFrame(db, { trackId, frameIndex: 0 }, { erasedMaskId: blobId });
		return blobId;
	}).value;
	expect(readBlob(store.db, emptyId)).toEqual(new Uint8Array(0));
	expect(readFrame(store.db, { trackId, frameIndex: 0 })).toMatchObject({
		erasedMask: new Uint8Array(0),
		paintedMask: null,
	});
	runEdit(store, paint, (db) => updateFrame(db, { trackId, frameIndex: 0 }, { maskId: putBlob(db, maskOf('undone')) }));
	undo(store);
	const running = runPass(store, { videoId, trackId, masks: ['run 1', 'run 2'] });
	const dropped = runPass(store, { videoId, trackId, masks: ['run 1', 'dropped'] });
	dropPass(store, dropped);
	// same, given, empty, undone, run 1, run 2; never used and dropped go.
	expect(blobCount(store.db)).toBe(index + 8);
	expect(await collectBlobs(store)).toEqual({
		blobCount: 2,
		sizeBytes: 'mask never used'.length + 'mask dropped'.length,
	});
	expect(blobCount(store.db)).toBe(index + 6);
	expect(await collectBlobs(store)).toEqual({ blobCount: 0, sizeBytes: 0 });
	redo(store);
	expect(readFrame(store.db, { trackId, frameIndex: 0 })?.mask).toEqual(maskOf('undone'));
	publishPass(store, running, paint);
	undo(store);
	undo(store);
	expect(await collectBlobs(store)).toEqual({ blobCount: 0, sizeBytes: 0 });

	// A new edit cuts the two that were undone. Compacting forgets them, and the first two edits too.
	runEdit(store, paint, (db) => updateFrame(db, { trackId, frameIndex: 0 }, { maskId: putBlob(db, maskOf('new')) }));
	const before = dump(store.db);
	const steps: string[] = [];
	expect(await compact(store, { keepEdits: 2, onProgress: (done, total) => steps.push(`${done}/${total}`) })).toEqual({
		editCount: 4,
		blobCount: 3,
		sizeBytes: 'mask undonemask run 1mask run 2'.length,
	});
	expect(steps).toEqual(['1/4', '2/4', '3/4', '4/4']);
	expect(dump(store.db)).toBe(before);
	expect(listEdits(store.db, 10)).toHaveLength(2);
	undo(store);
	undo(store);
	expect(historyState(store.db)).toMatchObject({ canUndo: false, canRedo: true });
	redo(store);
	redo(store);
	expect(dump(store.db)).toBe(before);
	await expect(collectBlobs(store, { signal: AbortSignal.abort() })).rejects.toThrow('abort');
	// An aborted collection is over: the next one may start.
	await collectBlobs(store);
});

test('removed videos and tracks go with the last edit that could bring them back, and the file shrinks', async () => {
	using folder = scratchFolder();
	const store = createStore(folder.path);
	const one = importVideo(store, { name: 'a.mp4', frameCount: 2000, trackCount: 2 });
	const second = importVideo(store, { name: 'b.mp4', frameCount: 2000, trackCount: 2 });
	for (const { videoId, trackIds } of [one, second]) {
		for (const trackId of trackIds) {
			const masks = Array.from({ length: 1500 }, (_, frame) => `${trackId} ${frame} `.repeat(20));
			publishPass(store, runPass(store, { videoId, trackId, masks }), paint);
		}
	}
	runEdit(store, paint, (db) => removeVideo(db, one.videoId));
	runEdit(store, paint, (db) => removeTrack(db, second.trackIds[0]!));
	const counts = (): object => ({
		video: countOf(store.db, 'video'),
		track: countOf(store.db, 'track'),
		frame: countOf(store.db, 'frame'),
	});
	await compact(store, { keepEdits: 2 });
	expect(counts()).toEqual({ video: 2, track: 4, frame: 6000 });
	undo(store);
	undo(store);
	redo(store);
	redo(store);
	store.close();
	const sizeBefore = statSync(store.path).size;
	const again = openStore(store.path, { mode: 'edit', now: tickingClock() });
	const counting = again.db;
	await compact(again, { keepEdits: 0 });
	expect({
		video: countOf(counting, 'video'),
		track: countOf(counting, 'track'),
		frame: countOf(counting, 'frame'),
		blob: blobCount(counting),
	}).toEqual({ video: 1, track: 1, frame: 1500, blob: 1501 });
	again.close();
	expect(statSync(store.path).size).toBeLessThan(sizeBefore / 2);
});

test('collecting while edits go on takes nothing that they need', async () => {
	using folder = scratchFolder();
	using store = createStore(folder.path);
	execute(store.db, sql`PRAGMA synchronous = OFF`);
	const random = randomOf(77);
	const { videoId, trackIds } = importVideo(store, { name: 'a.mp4', frameCount: 6000, trackCount: 1 });
	const masks = Array.from({ length: 5900 }, (_, frame) => `long ${frame}`);
	dropPass(store, runPass(store, { videoId, trackId: trackIds[0]!, masks }));
	publishPass(store, runPass(store, { videoId, trackId: trackIds[0]!, masks: masks.slice(3000) }), paint);
	for (let round = 0; round < 4; round++) {
		let isOver = false;
		const collecting = collectBlobs(store).finally(() => (isOver = true));
		const compacting = round === 3;
		while (!isOver) {
			randomEdit(store, random);
			randomAmend(store, random);
			// Bytes that are garbage at this moment are asked for again.
			if (readTrack(store.db, trackIds[0]!)) {
				const key = { trackId: trackIds[0]!, frameIndex: random.below(6000) };
				runEdit(store, paint, (db) => putAnchor(db, key, maskOf(`long ${random.below(3000)}`)));
			}
			undo(store);
			redo(store);
			if (random.below(4) === 0) {
				undo(store);
			}
			await new Promise(setImmediate);
		}
		await collecting;
		if (compacting) {
			await compact(store, { keepEdits: 10 });
		}
		expect(dump(store.db)).not.toContain('dangling');
		const end = dump(store.db);
		let steps = 0;
		while (historyState(store.db).canUndo) {
			undo(store);
			steps++;
		}
		expect(dump(store.db)).not.toContain('dangling');
		for (; steps > 0; steps--) {
			redo(store);
		}
		expect(dump(store.db)).toBe(end);
	}
});
