import {
	anchorsOf,
	beginPass,
	dropPass,
	listTracks,
	type PassInfo,
	type PassSegment,
	publishPass,
	readLane,
	readPass,
	readProject,
	readTrack,
	type Store,
	type TrackRow,
} from '../../store/index.ts';
import { provenanceOf } from '../../../preload/common/masklet.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { FrameRange } from '../../../preload/contract/define.ts';
import type { Direction, RunResult } from '../../../preload/contract/track.ts';
import { unlockedTrack } from '../annotate/target.ts';
import type { ServiceContext, Workspace } from '../context.ts';
import type { JobHandle } from '../job/jobs.ts';
import { checkedModel, modelOf } from '../model/choice.ts';
import { checkFrame, videoOf } from '../video/find.ts';
import { planTrack } from './plan.ts';
import { createPassWriter, type PassCounts } from './pass-writer.ts';
import { remainingOf, sweepsOf } from './sweeps.ts';

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
	const tracks = tracksOf(store, request);
	const segments = tracks.flatMap((track) =>
		segmentsOf(store, track, { range: clipped, direction: request.direction }),
	);
	if (segments.length === 0) {
		throw new StudioError('run.nothing');
	}
	return context.jobs.start({
		method: 'track.propagate',
		name: nameOf(tracks),
		run: async (job) => {
			const trackIds = [...new Set(segments.map((segment) => segment.trackId))];
			await workspace.pendingMasks.settled(trackIds, job.signal);
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
	const pass = readPass(workspace.store.db, passId);
	if (pass?.state !== 'interrupted') {
		throw new StudioError('run.passUnknown', { passId });
	}
	const tracks = pass.trackIds
		.map((trackId) => readTrack(workspace.store.db, trackId))
		.filter((track) => track !== null);
	return context.jobs.start({
		method: 'track.resumePass',
		name: nameOf(tracks),
		run: (job) => runPass(context, { workspace, passId, job }),
	});
}

/** Publishes a pass under a name that says what it carried. */
export function publish(store: Store, passId: number): void {
	const pass = readPass(store.db, passId);
	if (!pass) {
		throw new StudioError('run.passUnknown', { passId });
	}
	const tracks = pass.trackIds.map((trackId) => readTrack(store.db, trackId)).filter((track) => track !== null);
	publishPass(store, passId, { name: nameOf(tracks), kind: 'track.propagate' });
}

async function runPass(
	context: ServiceContext,
	run: { workspace: Workspace; passId: number; job: JobHandle },
): Promise<RunResult> {
	const { workspace, passId, job } = run;
	const { store } = workspace;
	const { pass, segments } = remainingOf(store, passId);
	const writer = createPassWriter(context, { store, pass, job });
	let failure: { error: unknown } | null = null;
	try {
		await warnOfOtherDecoder(workspace, { videoId: pass.videoId, job });
		for (const sweep of sweepsOf(store, { pass, segments })) {
			for await (const answer of context.inference.track(sweep, { signal: job.signal })) {
				writer.add(answer);
			}
		}
	} catch (error) {
		failure = { error };
	}
	const counts = finish(store, { pass, flush: writer.flush });
	if (failure && !job.signal.aborted) {
		throw failure.error;
	}
	return { passIds: [passId], ...counts };
}

/** Another decoder may give slightly other pixels than those that the prompts were made on. */
async function warnOfOtherDecoder(workspace: Workspace, run: { videoId: number; job: JobHandle }): Promise<void> {
	const video = videoOf(workspace.store, run.videoId);
	const { name: then } = video.decoder as { name: string };
	const now = await workspace.sources.use(run.videoId, (source) => source.decoderName());
	if (now !== then) {
		run.job.warn(`${video.name} was imported with ${then} and is decoded with ${now} now; masks may differ slightly`);
	}
}

/** What was reached is kept, however the run ended. */
function finish(store: Store, run: { pass: PassInfo; flush: () => PassCounts }): PassCounts & { isPublished: boolean } {
	const { pass } = run;
	const counts = run.flush();
	const isPublished = pass.doneCount + counts.frameCount > 0;
	if (isPublished) {
		publish(store, pass.passId);
	} else {
		dropPass(store, pass.passId);
	}
	return { ...counts, isPublished };
}

function tracksOf(store: Store, request: RunRequest): TrackRow[] {
	if (request.trackIds === undefined) {
		const tracks = listTracks(store.db, request.videoId).filter(
			(track) => !track.isLocked && anchorsOf(store.db, track.trackId).length > 0,
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
		if (anchorsOf(store.db, trackId).length === 0) {
			throw new StudioError('track.noAnchor', { name: track.name });
		}
		return track;
	});
}

function segmentsOf(store: Store, track: TrackRow, asked: { range: FrameRange; direction: Direction }): PassSegment[] {
	const { trackId } = track;
	const kinds = readLane(store.db, trackId)?.kinds ?? new Uint8Array();
	const anchors = anchorsOf(store.db, trackId).map(({ frameIndex, provenance }) => ({
		frameIndex,
		isAbsent: provenance === 'emptyByHand',
	}));
	const plan = planTrack({ anchors, ...asked, isHole: (frameIndex) => provenanceOf(kinds[frameIndex] ?? 0) === null });
	return [
		...plan.forward.map((segment) => ({ ...segment, trackId, direction: 'forward' as const })),
		...plan.backward.map((segment) => ({ ...segment, trackId, direction: 'backward' as const })),
	];
}

function nameOf(tracks: readonly TrackRow[]): string {
	const [only] = tracks;
	return tracks.length === 1 && only ? `Carry ${only.name}` : `Carry ${tracks.length} objects`;
}
