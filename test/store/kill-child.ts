/**
 * Edits a project at random until it is killed: `node kill-child.ts PATH SEED`. After each commit it writes one line to
 * the standard output, which the parent takes as an acknowledgement.
 */
import { existsSync, writeSync } from 'node:fs';
import {
	appendPassFrames,
	beginPass,
	collectBlobs,
	compact,
	dropPass,
	historyState,
	interruptedPasses,
	listTracks,
	listVideos,
	openStore,
	publishPass,
	readPass,
	redo,
	resumePass,
	undo,
} from '../../main/store/index.ts';
import type { Acknowledged } from './kill.ts';
import { randomAmend, randomEdit, randomFrameCount, randomOf } from './random-edits.ts';
import { digestOf, importVideo, maskOf } from './support.ts';

const path = process.argv[2];
if (path === undefined) {
	// Started to fill the cache of compiled sources, which a killed process does not write.
	process.exit(0);
}
const random = randomOf(Number(process.argv[3]));

say({ started: true });
const store = openStore(path, { mode: existsSync(path) ? 'edit' : 'create', now: Date.now, author: 'child' });
if (store.isReadOnly) {
	say({ failed: `read-only: ${store.readOnlyReason}` });
	process.exit(1);
}
let running = interruptedPasses(store.db)
	.slice(0, 1)
	.map((pass) => resumePass(store, pass.passId).passId);
if (listVideos(store.db).length === 0) {
	importVideo(store, { name: 'first.mp4', frameCount: randomFrameCount, trackCount: 2 });
	acknowledge();
}

for (;;) {
	const dice = random.below(20);
	if (dice < 8) {
		randomEdit(store, random);
	} else if (dice < 10) {
		randomAmend(store, random);
	} else if (dice < 12) {
		undo(store);
	} else if (dice === 12) {
		redo(store);
	} else if (dice === 13) {
		await collectBlobs(store);
	} else if (dice === 14 && random.below(4) === 0) {
		await compact(store, { keepEdits: 20 });
	} else {
		stepRun();
	}
	acknowledge();
}

/** Begins a run, writes some frames of it, or ends it. */
function stepRun(): void {
	const [passId] = running;
	if (passId === undefined) {
		const videoId = random.pick(listVideos(store.db))?.videoId;
		const tracks = videoId ? listTracks(store.db, videoId) : [];
		if (videoId && tracks.length > 0) {
			const segments = tracks.map(({ trackId }) => ({
				trackId,
				direction: 'forward' as const,
				anchorFrameIndex: 0,
				firstFrameIndex: 0,
				lastFrameIndex: randomFrameCount - 1,
			}));
			running = [beginPass(store, { videoId, modelId: 'builtin', request: { segments }, segments })];
		}
		return;
	}
	const pass = readPass(store.db, passId)!;
	if (random.below(8) === 0) {
		if (random.below(4) === 0) {
			dropPass(store, passId);
		} else {
			publishPass(store, passId, { name: 'Carry', kind: 'publish' });
		}
		running = [];
		return;
	}
	const trackId = random.pick(pass.trackIds)!;
	const from = random.below(randomFrameCount);
	appendPassFrames(
		store,
		passId,
		Array.from({ length: Math.min(5, randomFrameCount - from) }, (_, place) => ({
			trackId,
			frameIndex: from + place,
			mask: maskOf(`${random.below(10_000)} `.repeat(1 + random.below(300))),
			provenance: 'propagated',
			predictedIou: 0.5,
			objectScore: null,
			stability: null,
			isUncertain: false,
		})),
	);
}

function acknowledge(): void {
	say({
		revision: historyState(store.db).revision,
		passes: running.map((passId) => ({ passId, doneCount: readPass(store.db, passId)!.doneCount })),
		...(random.below(3) === 0 && { digest: digestOf(store.db) }),
	});
}

/** Synchronous: the line is out before the next commit begins. */
function say(line: Acknowledged): void {
	writeSync(1, `${JSON.stringify(line)}\n`);
}
