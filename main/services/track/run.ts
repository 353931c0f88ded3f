import {
	beginPass,
	countFrames,
	listTracks,
	type PassSegment,
	readLane,
	readProject,
	readTrack,
	resumePass,
	type Store,
	type TrackRow,
} from '../../store/index.ts';
import { present } from '../../../preload/common/assert.ts';
import { laneFlags, provenanceOf } from '../../../preload/common/masklet.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { FrameRange } from '../../../preload/contract/define.ts';
import type { Direction } from '../../../preload/contract/track.ts';
import { unlockedTrack } from '../annotate/target.ts';
import type { ServiceContext } from '../context.ts';
import { checkedModel, modelOf } from '../model/choice.ts';
import { checkFrame, videoOf } from '../video/find.ts';
import { planTrack } from './plan.ts';
import { interruptedPass, runName } from './publish.ts';
import { runPass } from './run-pass.ts';

export type RunRequest = {
	videoId: number;
	trackIds?: number[] | undefined;
	range?: FrameRange | undefined;
	direction: Direction;
	modelId?: string | undefined;
};

/**
 * Starts a run: masks stream into a pass, which is published as one edit at the end, also when the run is cancelled or
 * fails: what was reached is kept.
 *
 * @throws track.noAnchor, track.locked, run.nothing, project.* before the job is started
 */
export function startRun(context: ServiceContext, request: RunRequest): { jobId: number } {
	const workspace = context.editable();
	const { store } = workspace;
	const video = videoOf(store, request.videoId);
	const range = request.range ?? { from: 0, to: video.frameCount };
	checkFrame(video, range.from);
	const clipped = { from: range.from, to: Math.min(range.to, video.frameCount) };
	const modelId =
		request.modelId === undefined ? modelOf(context, readProject(store.db)) : checkedModel(context, request.modelId);
	const plan = (): { tracks: TrackRow[]; segments: PassSegment[] } => {
		const tracks = tracksOf(store, request);
		const segments = tracks.flatMap((track) =>
			segmentsOf(store, track, { range: clipped, direction: request.direction }),
		);
		if (segments.length === 0) {
			throw new StudioError(request.direction === 'between' ? 'run.nothingBetween' : 'run.nothing');
		}
		return { tracks, segments };
	};
	const { tracks } = plan();
	return context.jobs.start({
		method: 'track.propagate',
		name: runName(tracks),
		run: async (job) => {
			await workspace.pendingMasks.settled(
				tracks.map((track) => track.trackId),
				job.signal,
			);
			// Edits went on while masks were made.
			const { segments } = plan();
			const trackIds = [...new Set(segments.map((segment) => segment.trackId))];
			const passId = beginPass(store, {
				videoId: video.videoId,
				modelId,
				request: { range: clipped, direction: request.direction, trackIds },
				segments,
			});
			return runPass(context, { workspace, passId, job });
		},
	});
}

/** Goes on with a run that was cut off, from the last mask that each of its stretches reached. */
export function startResume(context: ServiceContext, passId: number): { jobId: number } {
	const workspace = context.editable();
	const { store } = workspace;
	const tracks = interruptedPass(store, passId)
		.trackIds.map((trackId) => readTrack(store.db, trackId))
		.filter((track) => track !== null);
	return context.jobs.start({
		method: 'track.resumePass',
		name: runName(tracks),
		run: (job) => {
			// Two may have asked before the first began.
			interruptedPass(store, passId);
			resumePass(store, passId);
			return runPass(context, { workspace, passId, job });
		},
	});
}

function tracksOf(store: Store, request: RunRequest): TrackRow[] {
	if (request.trackIds === undefined) {
		const tracks = listTracks(store.db, request.videoId).filter(
			(track) => !track.isLocked && countFrames(store.db, track.trackId).anchorCount > 0,
		);
		if (tracks.length === 0) {
			throw new StudioError('track.noneToCarry');
		}
		return tracks;
	}
	return [...new Set(request.trackIds)].map((trackId) => {
		const track = unlockedTrack(store, trackId);
		if (track.videoId !== request.videoId) {
			throw new StudioError('project.trackUnknown', { trackId });
		}
		if (countFrames(store.db, trackId).anchorCount === 0) {
			throw new StudioError('track.noAnchor', { name: track.name });
		}
		return track;
	});
}

function segmentsOf(store: Store, track: TrackRow, asked: { range: FrameRange; direction: Direction }): PassSegment[] {
	const { trackId } = track;
	// The lane knows all that a plan asks for; masks are read when a sweep starts.
	const { kinds, flags } = present(readLane(store.db, trackId), 'the lane of a track');
	const anchors = [...flags.keys()]
		.filter((frameIndex) => flags[frameIndex]! & laneFlags.anchor)
		.map((frameIndex) => ({ frameIndex, isAbsent: provenanceOf(kinds[frameIndex]!) === 'emptyByHand' }));
	const plan = planTrack({ anchors, ...asked, isHole: (frameIndex) => provenanceOf(kinds[frameIndex] ?? 0) === null });
	return [
		...plan.forward.map((segment) => ({ ...segment, trackId, direction: 'forward' as const })),
		...plan.backward.map((segment) => ({ ...segment, trackId, direction: 'backward' as const })),
	];
}
