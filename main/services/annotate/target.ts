import {
	type EditDb,
	type FrameRecord,
	readFrame,
	readTrack,
	readVideo,
	runEdit,
	type Store,
	type TrackRow,
	type VideoRow,
} from '../../store/index.ts';
import { type Rle, rleFromBytes } from '../../../preload/common/rle.ts';
import { isStudioError, StudioError } from '../../../preload/common/studio-error.ts';
import type { EditReceipt } from '../../../preload/contract/annotate.ts';
import type { Workspace } from '../context.ts';

/** One frame of one track, checked: both are there, the track is not locked. */
export type EditTarget = { store: Store; video: VideoRow; track: TrackRow; trackId: number; frameIndex: number };

/** @throws project.trackUnknown, project.frameOutside, track.locked */
export function targetOf(workspace: Workspace, trackId: number, frameIndex: number): EditTarget {
	const { store } = workspace;
	const track = unlockedTrack(store, trackId);
	const video = readVideo(store.db, track.videoId);
	if (!video) {
		throw new StudioError('project.videoUnknown', { videoId: track.videoId });
	}
	if (frameIndex >= video.frameCount) {
		throw new StudioError('project.frameOutside', { frameIndex, frameCount: video.frameCount });
	}
	return { store, video, track, trackId, frameIndex };
}

/** @throws project.trackUnknown, track.locked */
export function unlockedTrack(store: Store, trackId: number): TrackRow {
	const track = readTrack(store.db, trackId);
	if (!track) {
		throw new StudioError('project.trackUnknown', { trackId });
	}
	if (track.isLocked) {
		throw new StudioError('track.locked', { name: track.name });
	}
	return track;
}

/**
 * Runs one edit on the target's frame.
 *
 * @param about `name` is completed by track and frame: "Click" becomes "Click on dog 1, frame 12"
 */
export function editTarget<T>(
	target: EditTarget,
	about: { name: string; kind: string },
	write: (db: EditDb, frame: FrameRecord | null) => T,
): EditReceipt & { value: T } {
	const { store, track, trackId, frameIndex } = target;
	const name = `${about.name} on ${track.name}, frame ${frameIndex}`;
	const { editId, revision, value } = runEdit(store, { name, kind: about.kind }, (db) =>
		write(db, readFrame(db, { trackId, frameIndex })),
	);
	return { editId, revision, value };
}

/**
 * A mask from the wire, of the video's size.
 *
 * @throws annotate.maskSize where the counts do not cover the picture
 */
export function maskOfVideo(bytes: Uint8Array, video: VideoRow): Rle {
	try {
		return rleFromBytes(video, bytes);
	} catch (error) {
		if (!isStudioError(error)) {
			throw error;
		}
		const { width, height } = video;
		throw new StudioError('annotate.maskSize', { width, height, reason: error.message }, { cause: error });
	}
}
