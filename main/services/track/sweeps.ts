import type { TrackTask, TrackTaskAnchor, TrackTaskObject } from '../../inference/protocol.ts';
import {
	anchorsOf,
	frameMasks,
	type PassInfo,
	passSegments,
	type PassSegmentProgress,
	readPass,
	resumePass,
	type Store,
} from '../../store/index.ts';
import { present } from '../../../preload/common/assert.ts';
import type { Workspace } from '../context.ts';
import { videoOf } from '../video/find.ts';
import { videoKeyOf } from '../video/video-key.ts';

/** The pass, running, and the stretches of it that are not done. */
export function remainingOf(store: Store, passId: number): { pass: PassInfo; segments: PassSegmentProgress[] } {
	const found = present(readPass(store.db, passId), 'the pass');
	const pass = found.state === 'interrupted' ? resumePass(store, passId) : found;
	const segments = passSegments(store.db, passId).filter(
		(segment) => segment.reachedFrameIndex !== segment.lastFrameIndex,
	);
	return { pass, segments };
}

/** The sweeps that a pass still needs, forward first. Masks are read when a sweep starts. */
export function* sweepsOf(
	workspace: Workspace,
	work: { pass: PassInfo; segments: readonly PassSegmentProgress[] },
): Generator<TrackTask> {
	const { store } = workspace;
	const { pass, segments } = work;
	const { width, height, frameCount } = videoOf(store, pass.videoId);
	for (const direction of ['forward', 'backward'] as const) {
		const ofDirection = segments.filter((segment) => segment.direction === direction);
		const trackIds = [...new Set(ofDirection.map((segment) => segment.trackId))];
		if (trackIds.length > 0) {
			yield {
				modelId: pass.modelId,
				videoKey: videoKeyOf(workspace, pass.videoId),
				frameCount,
				width,
				height,
				direction,
				objects: trackIds.map((trackId) =>
					objectOf(store, {
						pass,
						trackId,
						segments: ofDirection.filter((segment) => segment.trackId === trackId),
					}),
				),
			};
		}
	}
}

function objectOf(
	store: Store,
	of: { pass: PassInfo; trackId: number; segments: readonly PassSegmentProgress[] },
): TrackTaskObject {
	const { pass, trackId, segments } = of;
	const anchors: TrackTaskAnchor[] = anchorsOf(store.db, trackId).map((frame) => ({
		frameIndex: frame.frameIndex,
		mask: frame.mask,
		prompts: frame.prompts.map((record) => record.prompt),
	}));
	const left = segments.map((segment) => {
		const { anchorFrameIndex, firstFrameIndex, lastFrameIndex, reachedFrameIndex } = segment;
		if (reachedFrameIndex === null) {
			return { anchorFrameIndex, firstFrameIndex, lastFrameIndex };
		}
		// A stretch that was cut off goes on from the last mask that it kept.
		const reached = frameMasks(store.db, { videoId: pass.videoId, frameIndex: reachedFrameIndex, withPreview: true });
		const mask = present(
			reached.find((record) => record.trackId === trackId),
			'the mask that the pass reached',
		).mask;
		anchors.push({ frameIndex: reachedFrameIndex, mask, prompts: [] });
		return {
			anchorFrameIndex: reachedFrameIndex,
			firstFrameIndex: reachedFrameIndex + (segment.direction === 'forward' ? 1 : -1),
			lastFrameIndex,
		};
	});
	return { trackId, anchors: anchors.sort((one, other) => one.frameIndex - other.frameIndex), segments: left };
}
