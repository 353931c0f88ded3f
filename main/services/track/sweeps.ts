import type { TrackTask, TrackTaskAnchor, TrackTaskObject } from '../../inference/protocol.ts';
import {
	anchorsOf,
	frameMasks,
	type PassInfo,
	passSegments,
	type PassSegmentProgress,
	readTrack,
} from '../../store/index.ts';
import { present } from '../../../preload/common/assert.ts';
import type { Workspace } from '../context.ts';
import { videoOf } from '../video/find.ts';
import { videoKeyOf } from '../video/video-key.ts';
import { isInterpolating } from './interpolating.ts';

type Job = { readonly signal: AbortSignal; warn: (sentence: string) => void };
type OfTrack = { trackId: number; segments: readonly PassSegmentProgress[] };

/**
 * The sweeps that a pass still needs, forward first. Edits go on during a run: each sweep takes the anchors as they are
 * when it starts, once their masks are made. A stretch whose anchor is gone by then is left out with a word, an object
 * that is gone without one.
 */
export async function* sweepsOf(
	workspace: Workspace,
	work: { pass: PassInfo; job: Job },
): AsyncGenerator<TrackTask, void, void> {
	const { store } = workspace;
	const { pass, job } = work;
	const video = videoOf(store, pass.videoId);
	const { width, height, frameCount } = video;
	const segments = passSegments(store.db, pass.passId).filter(
		(segment) => segment.reachedFrameIndex !== segment.lastFrameIndex,
	);
	for (const direction of ['forward', 'backward'] as const) {
		const ofDirection = segments.filter((segment) => segment.direction === direction);
		const trackIds = [...new Set(ofDirection.map((segment) => segment.trackId))];
		if (trackIds.length === 0) {
			continue;
		}
		await workspace.pendingMasks.settled(trackIds, job.signal);
		const objects = trackIds.flatMap((trackId) => {
			const object = objectOf(workspace, {
				pass,
				job,
				trackId,
				segments: ofDirection.filter((segment) => segment.trackId === trackId),
			});
			return object.segments.length === 0 ? [] : [object];
		});
		if (objects.length > 0) {
			const videoKey = videoKeyOf(workspace, video);
			const way = isInterpolating(pass) ? 'between' : direction;
			yield { modelId: pass.modelId, videoKey, frameCount, width, height, direction: way, objects };
		}
	}
}

function objectOf(workspace: Workspace, of: OfTrack & { pass: PassInfo; job: Job }): TrackTaskObject {
	const { store } = workspace;
	const { pass, job, trackId } = of;
	const track = readTrack(store.db, trackId);
	if (!track) {
		return { trackId, anchors: [], segments: [] };
	}
	const anchors: TrackTaskAnchor[] = anchorsOf(store.db, trackId).map((frame) => ({
		frameIndex: frame.frameIndex,
		mask: frame.mask,
		prompts: frame.prompts.map((record) => record.prompt),
	}));
	const anchorFrames = new Set(anchors.map((anchor) => anchor.frameIndex));
	const segments = of.segments.flatMap((segment) => {
		const { anchorFrameIndex, firstFrameIndex, lastFrameIndex, reachedFrameIndex } = segment;
		if (isInterpolating(pass) && !anchors.some((anchor) => anchor.frameIndex > lastFrameIndex)) {
			job.warn(
				`${track.name}: no prompted or edited frame is left after frame ${lastFrameIndex}; what was to be interpolated before it is left out`,
			);
			return [];
		}
		if (reachedFrameIndex === null) {
			if (!anchorFrames.has(anchorFrameIndex)) {
				job.warn(
					`${track.name}: frame ${anchorFrameIndex} is no longer prompted or edited; what was to be carried from it is left out`,
				);
				return [];
			}
			return [{ anchorFrameIndex, firstFrameIndex, lastFrameIndex }];
		}
		// A stretch that was cut off goes on from the last mask that it kept.
		const reached = frameMasks(store.db, { videoId: pass.videoId, frameIndex: reachedFrameIndex, withPreview: true });
		const mask = present(
			reached.find((record) => record.trackId === trackId),
			'the mask that the pass reached',
		).mask;
		if (!anchorFrames.has(reachedFrameIndex)) {
			anchors.push({ frameIndex: reachedFrameIndex, mask, prompts: [] });
		}
		return [
			{
				anchorFrameIndex: reachedFrameIndex,
				firstFrameIndex: reachedFrameIndex + (segment.direction === 'forward' ? 1 : -1),
				lastFrameIndex,
			},
		];
	});
	return { trackId, anchors: anchors.sort((one, other) => one.frameIndex - other.frameIndex), segments };
}
