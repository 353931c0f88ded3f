import type { Provenance } from '../../preload/common/masklet.ts';
import { all, sql } from '../../main/store/db.ts';
import {
	amendEdit,
	appendPassFrames,
	beginPass,
	deleteFrames,
	deletePrompt,
	insertPrompt,
	insertRow,
	lastEditOfFrame,
	listLabels,
	listTracks,
	listVideos,
	pendingFrames,
	publishPass,
	putBlob,
	readFrame,
	removeLabel,
	removeTrack,
	removeVideo,
	runEdit,
	updateFrame,
	updatePrompt,
	updateRow,
	writeFrame,
	type EditDb,
	type Store,
	type StoredPrompt,
} from '../../main/store/index.ts';
import { maskOf, trackInput, videoInput } from './support.ts';

/** Numbers that look random and are the same for the same seed (mulberry32). */
export type Random = { below(limit: number): number; pick<T>(list: readonly T[]): T | undefined };

export function randomOf(seed: number): Random {
	let state = seed >>> 0;
	const below = (limit: number): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
	};
	return { below, pick: (list) => list[below(list.length)] };
}

export const randomFrameCount = 40;

/** One random edit of any kind. Null where there was nothing that it could be done to, or where nothing changed. */
export function randomEdit(store: Store, random: Random): number | null {
	const kinds = Object.keys(edits) as (keyof typeof edits)[];
	const kind = random.pick(kinds)!;
	if (kind === 'publish') {
		return publishRandom(store, random);
	}
	return runEdit(store, { name: kind, kind }, (db) => edits[kind](db, random)).editId;
}

/** What a model made for a waiting frame joins that frame's last edit. */
export function randomAmend(store: Store, random: Random): number | null {
	const frame = random.pick(pendingFrames(store.db));
	const editId = frame && lastEditOfFrame(store.db, frame);
	if (!editId) {
		return null;
	}
	const amended = amendEdit(store, editId, (db) => {
		const maskId = putBlob(db, maskOf(random.below(1000)));
		updateFrame(db, frame, { maskId, modelMaskId: maskId, isPending: false, predictedIou: random.below(100) / 100 });
	});
	return amended && editId;
}

type Change = (db: EditDb, random: Random) => void;

const edits = {
	importVideo: (db, random) => {
		const position = random.below(5);
		const videoId = insertRow(
			db,
			'video',
			videoInput(db, { name: `video ${random.below(100)}.mp4`, frameCount: randomFrameCount, position }),
		);
		insertRow(db, 'track', trackInput(videoId, 'first'));
	},
	updateVideo: (db, random) => {
		const video = random.pick(listVideos(db));
		if (video) {
			updateRow(db, 'video', video.videoId, {
				environment: random.pick(['Indoor', 'Outdoor', null])!,
				notices: [`notice ${random.below(3)}`],
			});
		}
	},
	removeVideo: (db, random) => {
		const videos = listVideos(db);
		if (videos.length > 2) {
			removeVideo(db, random.pick(videos)!.videoId);
		}
	},
	rename: (db, random) => void updateRow(db, 'project', 1, { name: `Project ${random.below(3)}` }),
	addLabel: (db, random) => void insertRow(db, 'label', { name: `label ${random.below(100)}`, colour: '#f2a33c' }),
	removeLabel: (db, random) => {
		const label = random.pick(listLabels(db));
		if (label) {
			removeLabel(db, label.labelId);
		}
	},
	addTrack: (db, random) => {
		const video = random.pick(listVideos(db));
		if (video) {
			insertRow(db, 'track', {
				...trackInput(video.videoId, `track ${random.below(100)}`, random.below(9)),
				labelId: random.pick(listLabels(db))?.labelId ?? null,
			});
		}
	},
	updateTrack: (db, random) => {
		const track = anyTrack(db, random);
		if (track) {
			updateRow(db, 'track', track.trackId, {
				isVisible: random.below(2) === 1,
				verdict: random.pick(['draft', 'satisfactory', 'rejected'] as const)!,
				labelId: random.pick(listLabels(db))?.labelId ?? null,
			});
		}
	},
	removeTrack: (db, random) => {
		const track = anyTrack(db, random);
		if (track && random.below(3) === 0) {
			removeTrack(db, track.trackId);
		}
	},
	addPrompt: (db, random) => {
		const key = anyKey(db, random);
		if (key) {
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
			insertPrompt(db, { ...key, prompt: anyPrompt(random) });
		}
	},
	updatePrompt: (db, random) => {
		const prompt = anyPromptRow(db, random);
		if (prompt) {
			updatePrompt(db, prompt.promptId, anyPrompt(random));
			updateFrame(db, prompt, { isPending: true });
		}
	},
	removePrompt: (db, random) => {
		const prompt = anyPromptRow(db, random);
		if (prompt) {
			deletePrompt(db, prompt.promptId);
			updateFrame(db, prompt, { isPending: true });
		}
	},
	paint: (db, random) => {
		const key = anyKey(db, random);
		if (key) {
			const { prompts: _, ...before } = readFrame(db, key) ?? { prompts: [] };
			const painted = putBlob(db, maskOf(`painted ${random.below(1000)}`));
			writeFrame(db, {
				...before,
				...key,
				provenance: 'edited',
				maskId: painted,
				paintedMaskId: painted,
				isAnchor: true,
			});
		}
	},
	setAbsent: (db, random) => {
		const key = anyKey(db, random);
		if (key) {
			deleteFrames(db, { trackId: key.trackId, from: key.frameIndex, to: key.frameIndex + 1 });
			writeFrame(db, { ...key, provenance: 'emptyByHand', maskId: putBlob(db, maskOf('empty')), isAnchor: true });
		}
	},
	clear: (db, random) => {
		const key = anyKey(db, random);
		if (key) {
			deleteFrames(db, { trackId: key.trackId, from: key.frameIndex, to: key.frameIndex + 1 + random.below(15) });
		}
	},
	publish: () => {},
} satisfies Record<string, Change>;

function publishRandom(store: Store, random: Random): number | null {
	const video = random.pick(listVideos(store.db));
	const tracks = video ? listTracks(store.db, video.videoId) : [];
	if (!video || tracks.length === 0) {
		return null;
	}
	const first = random.below(randomFrameCount / 2);
	const last = first + random.below(randomFrameCount / 2);
	const passId = beginPass(store, {
		videoId: video.videoId,
		modelId: 'builtin',
		request: { seed: random.below(1000) },
		segments: tracks.map(({ trackId }) => ({
			trackId,
			direction: 'forward',
			anchorFrameIndex: first,
			firstFrameIndex: first,
			lastFrameIndex: last,
		})),
	});
	for (const { trackId } of tracks) {
		appendPassFrames(
			store,
			passId,
			Array.from({ length: last - first + 1 }, (_, place) => ({
				trackId,
				frameIndex: first + place,
				mask: maskOf(random.below(1000)),
				provenance: random.pick<Provenance>(['propagated', 'propagated', 'emptyByModel'])!,
				predictedIou: random.below(100) / 100,
				objectScore: random.below(20) - 10,
				stability: null,
				isUncertain: random.below(4) === 0,
			})),
		);
	}
	return publishPass(store, passId, { name: 'publish', kind: 'publish' }).editId;
}

function anyTrack(db: EditDb, random: Random) {
	return random.pick(listVideos(db).flatMap((video) => listTracks(db, video.videoId)));
}

function anyKey(db: EditDb, random: Random): { trackId: number; frameIndex: number } | undefined {
	const track = anyTrack(db, random);
	return track && { trackId: track.trackId, frameIndex: random.below(randomFrameCount) };
}

function anyPromptRow(db: EditDb, random: Random) {
	const rows = all<{ promptId: number; trackId: number; frameIndex: number }>(
		db,
		sql`
			SELECT promptId, trackId, frameIndex FROM prompt JOIN track USING (trackId)
			WHERE removedEditId IS NULL ORDER BY promptId
		`,
	);
	return random.pick(rows);
}

function anyPrompt(random: Random): StoredPrompt {
	const x = random.below(60) + 0.5;
	const y = random.below(40) + 0.5;
	return random.pick<StoredPrompt>([
		{ kind: 'point', x, y, isPositive: random.below(2) === 0 },
		{ kind: 'box', x0: x, y0: y, x1: x + 3, y1: y + 5 },
		{
			kind: 'stroke',
			points: [
				{ x, y },
				{ x: x + 1, y },
			],
			radius: 2,
			isPositive: true,
		},
		{ kind: 'mask', mask: maskOf(`prompt ${random.below(50)}`), origin: 'given' },
	])!;
}
