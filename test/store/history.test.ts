import { expect, test } from 'vitest';
import { all, execute, sql } from '../../main/store/db.ts';
import {
	amendEdit,
	deleteFrames,
	frameMasks,
	historyState,
	insertPrompt,
	insertRow,
	lastEditOfFrame,
	listEdits,
	openStore,
	pendingFrames,
	putBlob,
	readFrame,
	readVideo,
	redo,
	removeTrack,
	runCommand,
	runEdit,
	setVideoColumns,
	undo,
	updateFrame,
	updateRow,
	writeFrame,
	type Store,
	type StoreChange,
} from '../../main/store/index.ts';
import { randomAmend, randomEdit, randomOf } from './random-edits.ts';
import {
	createStore,
	dump,
	importVideo,
	maskOf,
	putAnchor,
	scratchFolder,
	tickingClock,
	trackInput,
	videoInput,
} from './support.ts';

test('the law: undo brings back what was, redo what was done, for random edits of every kind and across restarts', () => {
	using folder = scratchFolder();
	const random = randomOf(20_261_123);
	let store = createStore(folder.path);
	hurry(store);
	importVideo(store, { name: 'a.mp4', frameCount: 40, trackCount: 2 });
	const done = new Map<string, number>();
	/** Dumps after each applied edit; the last is that of now. */
	const past = [dump(store.db)];
	for (let turn = 0; turn < 250; turn++) {
		const before = past.at(-1)!;
		const { revision } = historyState(store.db);
		const editId = randomEdit(store, random);
		if (editId === null) {
			expect(dump(store.db)).toBe(before);
			expect(historyState(store.db)).toMatchObject({ revision });
			continue;
		}
		const { name } = listEdits(store.db, 1)[0]!;
		done.set(name, (done.get(name) ?? 0) + 1);
		if (random.below(2) === 0) {
			const amended = randomAmend(store, random);
			// An older edit may have been amended; then the pasts from it on are as if it had been so at once.
			if (amended !== null && amended !== editId) {
				past.length = 0;
			}
		}
		const after = dump(store.db);
		undo(store);
		if (past.length > 0) {
			expect(dump(store.db)).toBe(before);
		}
		redo(store);
		expect(dump(store.db)).toBe(after);
		past.push(after);
		if (random.below(20) === 0) {
			// Some steps back and again forward, with a restart on the way.
			const steps = Math.min(past.length - 1, random.below(6));
			for (let back = 1; back <= steps; back++) {
				undo(store);
				expect(dump(store.db)).toBe(past.at(-1 - back));
			}
			const { path } = store;
			store.close();
			store = openStore(path, { mode: 'edit', now: tickingClock() });
			hurry(store);
			for (let back = steps - 1; back >= 0; back--) {
				redo(store);
				expect(dump(store.db)).toBe(past.at(-1 - back));
			}
		}
	}
	expect([...done.keys()].sort()).toEqual([
		'addLabel',
		'addPrompt',
		'addTrack',
		'clear',
		'importVideo',
		'paint',
		'publish',
		'removeLabel',
		'removePrompt',
		'removeTrack',
		'removeVideo',
		'rename',
		'setAbsent',
		'updatePrompt',
		'updateTrack',
		'updateVideo',
	]);
	// All the way back to the empty project, and all the way here again.
	const end = dump(store.db);
	while (historyState(store.db).canUndo) {
		undo(store);
	}
	expect(dump(store.db)).toBe(
		'project {"projectId":1,"name":"Test","createdAtMillis":1700000001000,"modelId":null,"settings":"{}"}',
	);
	while (historyState(store.db).canRedo) {
		redo(store);
	}
	expect(dump(store.db)).toBe(end);
	expect(end).not.toContain('dangling');
	store.close();
});

test('a new edit cuts what was undone, an edit that fails or does nothing leaves no trace', () => {
	using folder = scratchFolder();
	using store = createStore(folder.path);
	const { trackIds } = importVideo(store, { name: 'a.mp4', frameCount: 10, trackCount: 1 });
	const trackId = trackIds[0]!;
	const rename = (name: string) =>
		runEdit(store, { name: `Rename to ${name}`, kind: 'track.update' }, (db) =>
			updateRow(db, 'track', trackId, { name }),
		);
	rename('dog');
	rename('cat');
	expect(rename('cat')).toMatchObject({ editId: null, value: false, changes: [] });
	const before = { dump: dump(store.db), history: historyState(store.db) };
	expect(before.history).toEqual({
		revision: 3,
		canUndo: true,
		canRedo: false,
		undoName: 'Rename to cat',
		redoName: null,
	});
	expect(() =>
		runEdit(store, { name: 'Fail', kind: 'x' }, (db) => {
			updateRow(db, 'track', trackId, { name: 'lost' });
			throw new Error('halfway');
		}),
	).toThrow('halfway');
	expect(() =>
		runEdit(store, { name: 'Wait', kind: 'x' }, async (db) => updateRow(db, 'track', trackId, { name: 'lost' })),
	).toThrow('waits');
	expect(() =>
		runEdit(store, { name: 'Nest', kind: 'x' }, () => runEdit(store, { name: 'Inner', kind: 'x' }, () => 1)),
	).toThrow('within a transaction');
	expect({ dump: dump(store.db), history: historyState(store.db) }).toEqual(before);

	expect(undo(store).history).toEqual({
		revision: 4,
		canUndo: true,
		canRedo: true,
		undoName: 'Rename to dog',
		redoName: 'Rename to cat',
	});
	// Neither an edit that failed nor one that changed nothing takes the redo away.
	expect(rename('dog').editId).toBe(null);
	expect(historyState(store.db).canRedo).toBe(true);
	rename('bird');
	expect(historyState(store.db)).toMatchObject({ canRedo: false, undoName: 'Rename to bird' });
	expect(redo(store)).toMatchObject({ changes: [], history: { revision: 5 } });
	undo(store);
	expect(listEdits(store.db, 10).map(({ name, kind, isUndone }) => ({ name, kind, isUndone }))).toEqual([
		{ name: 'Rename to bird', kind: 'track.update', isUndone: true },
		{ name: 'Rename to dog', kind: 'track.update', isUndone: false },
		{ name: 'Import a.mp4', kind: 'video.import', isUndone: false },
	]);
});

/** This test is about rows, not about the disk. */
function hurry(store: Store): void {
	execute(store.db, sql`PRAGMA synchronous = OFF`);
}

/** A click as the services make it: the prompt now, the mask when the model has it. */
function click(store: Store, key: { trackId: number; frameIndex: number }, x: number): number {
	return runEdit(store, { name: `Click ${x}`, kind: 'annotate.addPrompt' }, (db) => {
		if (readFrame(db, key)) {
			updateFrame(db, key, { isAnchor: true, isPending: true });
		} else {
			writeFrame(db, {
				...key,
				provenance: 'prompted',
				maskId: putBlob(db, maskOf('empty')),
				isAnchor: true,
				isPending: true,
			});
		}
		insertPrompt(db, { ...key, prompt: { kind: 'point', x, y: 1, isPositive: true } });
	}).editId!;
}

function arrive(
	store: Store,
	key: { trackId: number; frameIndex: number },
	{ editId, mask }: { editId: number; mask: string },
) {
	return amendEdit(store, editId, (db) => {
		const maskId = putBlob(db, maskOf(mask));
		updateFrame(db, key, { maskId, modelMaskId: maskId, isPending: false, predictedIou: 0.9 });
	});
}

test("a model's mask joins the edit that asked for it, whatever was done and undone meanwhile", () => {
	using folder = scratchFolder();
	using store = createStore(folder.path);
	const { videoId, trackIds } = importVideo(store, { name: 'a.mp4', frameCount: 10, trackCount: 2 });
	const key = { trackId: trackIds[0]!, frameIndex: 3 };
	const shown = (): string => new TextDecoder().decode(readFrame(store.db, key)?.mask);
	const nothing = dump(store.db);

	// Click, mask, undo both, redo both.
	const first = click(store, key, 1);
	expect(pendingFrames(store.db)).toEqual([{ videoId, ...key, editId: first }]);
	expect(lastEditOfFrame(store.db, key)).toBe(first);
	expect(arrive(store, key, { editId: first, mask: 'one' })).toMatchObject({
		editId: first,
		changes: [{ scope: 'frames', videoId, trackId: key.trackId, firstFrameIndex: 3, lastFrameIndex: 3 }],
	});
	const one = dump(store.db);
	expect(pendingFrames(store.db)).toEqual([]);
	undo(store);
	expect(dump(store.db)).toBe(nothing);
	expect(arrive(store, key, { editId: first, mask: 'late' })).toBe(null);
	redo(store);
	expect(dump(store.db)).toBe(one);

	// A second click comes before the mask of the first: only the last edit of the frame may be amended.
	undo(store);
	const second = click(store, key, 1);
	const third = click(store, key, 2);
	expect(arrive(store, key, { editId: second, mask: 'one' })).toBe(null);
	expect(arrive(store, key, { editId: 999, mask: 'one' })).toBe(null);
	expect(arrive(store, { ...key, frameIndex: 4 }, { editId: third, mask: 'one' })).toBe(null);
	expect(pendingFrames(store.db)).toEqual([{ videoId, ...key, editId: third }]);
	// An edit elsewhere does not stand in the way.
	runEdit(store, { name: 'Elsewhere', kind: 'x' }, (db) => {
		updateRow(db, 'track', trackIds[1]!, { name: 'other' });
		putAnchor(db, { trackId: trackIds[1]!, frameIndex: 3 }, maskOf('other'));
	});
	expect(arrive(store, key, { editId: third, mask: 'two' })).not.toBe(null);
	const two = dump(store.db);
	undo(store);
	undo(store);
	// The first click never got its mask, so it waits again; what comes now joins it, under two edits to be redone.
	expect(pendingFrames(store.db)).toEqual([{ videoId, ...key, editId: second }]);
	expect(arrive(store, key, { editId: second, mask: 'one' })).not.toBe(null);
	expect(historyState(store.db)).toMatchObject({ canRedo: true, redoName: 'Click 2' });
	const amended = dump(store.db);
	expect(shown()).toBe('mask one');
	redo(store);
	redo(store);
	expect(dump(store.db)).toBe(two);
	expect(shown()).toBe('mask two');
	undo(store);
	undo(store);
	expect(dump(store.db)).toBe(amended);
	undo(store);
	expect(dump(store.db)).toBe(nothing);
	redo(store);
	expect(dump(store.db)).toBe(amended);

	// A click undone before its mask came waits again when it is redone, though the click below it has its mask now.
	redo(store);
	const fourth = click(store, key, 3);
	undo(store);
	undo(store);
	arrive(store, key, { editId: second, mask: 'one again' });
	redo(store);
	expect(shown()).toBe('mask two');
	redo(store);
	expect(pendingFrames(store.db)).toEqual([{ videoId, ...key, editId: fourth }]);
	undo(store);
	undo(store);
	expect(shown()).toBe('mask one again');

	// Clearing, undone, over a frame that is then amended: undo of the redone clearing gives back the amended frame.
	const fifth = click(store, key, 4);
	runEdit(store, { name: 'Clear', kind: 'annotate.clear' }, (db) =>
		deleteFrames(db, { trackId: key.trackId, from: 0, to: 10 }),
	);
	expect(lastEditOfFrame(store.db, key)).toBe(null);
	expect(arrive(store, key, { editId: fifth, mask: 'gone' })).toBe(null);
	undo(store);
	arrive(store, key, { editId: fifth, mask: 'four' });
	const four = dump(store.db);
	redo(store);
	expect(readFrame(store.db, key)).toBe(null);
	undo(store);
	expect(dump(store.db)).toBe(four);

	// A removed track waits for nothing and takes nothing.
	click(store, key, 5);
	runEdit(store, { name: 'Remove', kind: 'track.remove' }, (db) => {
		putAnchor(db, { trackId: trackIds[1]!, frameIndex: 3 }, maskOf('other'));
		removeTrack(db, key.trackId);
	});
	expect(pendingFrames(store.db)).toEqual([]);
	expect(frameMasks(store.db, { videoId, frameIndex: 3 }).map((frame) => frame.trackId)).toEqual([trackIds[1]]);
	expect(() => runEdit(store, { name: 'Late', kind: 'x' }, (db) => putAnchor(db, key, maskOf('late')))).toThrow(
		'not there',
	);

	// An amendment can do nothing but update the frames of its edit.
	const sixth = runEdit(store, { name: 'Anchor', kind: 'x' }, (db) =>
		putAnchor(db, { trackId: trackIds[1]!, frameIndex: 1 }, maskOf(1)),
	).editId!;
	expect(() => amendEdit(store, sixth, (db) => updateRow(db, 'track', trackIds[1]!, { name: 'no' }))).toThrow(
		'frames alone',
	);
	expect(() => amendEdit(store, sixth, (db) => deleteFrames(db, { trackId: trackIds[1]!, from: 0, to: 9 }))).toThrow(
		'deletes nothing',
	);
	expect(all(store.db, sql`PRAGMA foreign_key_check`)).toEqual([]);
});

test('commands are no edits: undo leaves them, and redo of an import does not lose them', () => {
	using folder = scratchFolder();
	using store = createStore(folder.path);
	const { videoId } = importVideo(store, { name: 'a.mp4', frameCount: 10, trackCount: 1 });
	const changes: StoreChange[] = [];
	const stop = store.onChange((change) => changes.push(change));
	runCommand(store, (db) => setVideoColumns(db, videoId, { absolutePath: '/moved/a.mp4', fullHash: 'cd'.repeat(32) }));
	stop();
	expect(changes).toEqual([
		{ revision: 2, scope: 'videos', videoId, trackId: null, firstFrameIndex: -1, lastFrameIndex: -1 },
	]);
	expect(historyState(store.db).undoName).toBe('Import a.mp4');
	const moved = dump(store.db);
	undo(store);
	expect(readVideo(store.db, videoId)).toBe(null);
	redo(store);
	expect(dump(store.db)).toBe(moved);
	expect(readVideo(store.db, videoId)).toMatchObject({ absolutePath: '/moved/a.mp4', fullHash: 'cd'.repeat(32) });
	expect(() => runCommand(store, (db) => setVideoColumns(db, videoId, { name: 'x' } as object))).toThrow('for edits');
	expect(() =>
		runEdit(store, { name: 'x', kind: 'x' }, (db) => updateRow(db, 'video', videoId, { absolutePath: '/y' } as object)),
	).toThrow('for commands');
});

test('changes tell what to read again, on edits, undo, redo and amendments', () => {
	using folder = scratchFolder();
	using store = createStore(folder.path);
	const heard: StoreChange[] = [];
	store.onChange((change) => heard.push(change));
	const frames = { scope: 'frames', videoId: 1, trackId: 1, firstFrameIndex: 2, lastFrameIndex: 7 };
	const none = { trackId: null, firstFrameIndex: -1, lastFrameIndex: -1 };
	const expected = (revision: number): object[] => [
		{ revision, scope: 'videos', videoId: 1, ...none },
		{ revision, scope: 'tracks', videoId: 1, ...none, trackId: 1 },
		{ revision, ...frames },
		{ revision, scope: 'project', videoId: null, ...none },
	];
	const { changes, editId } = runEdit(store, { name: 'All', kind: 'x' }, (db) => {
		const videoId = insertRow(db, 'video', videoInput(db, { name: 'a.mp4', frameCount: 10 }));
		const trackId = insertRow(db, 'track', trackInput(videoId, 'dog'));
		putAnchor(db, { trackId, frameIndex: 7 }, maskOf(7));
		putAnchor(db, { trackId, frameIndex: 2 }, maskOf(2));
		insertRow(db, 'label', { name: 'animal', colour: '#46b37b' });
	});
	expect(changes).toEqual(expected(1));
	expect(heard.splice(0)).toEqual(expected(1));
	undo(store);
	expect(heard.splice(0)).toEqual([expected(2)[3], expected(2)[2], expected(2)[1], expected(2)[0]]);
	redo(store);
	expect(heard.splice(0)).toEqual(expected(3));
	amendEdit(store, editId!, (db) => updateFrame(db, { trackId: 1, frameIndex: 2 }, { predictedIou: 0.5 }));
	expect(heard.splice(0)).toEqual([{ revision: 4, ...frames, lastFrameIndex: 2 }]);
	runEdit(store, { name: 'Two tracks', kind: 'x' }, (db) => {
		for (const name of ['cat', 'bird']) {
			const trackId = insertRow(db, 'track', trackInput(1, name));
			putAnchor(db, { trackId, frameIndex: 4 }, maskOf(4));
		}
	});
	expect(heard.splice(0)).toEqual([
		{ revision: 5, scope: 'tracks', videoId: 1, ...none },
		{ revision: 5, scope: 'frames', videoId: 1, trackId: null, firstFrameIndex: 4, lastFrameIndex: 4 },
	]);
});
