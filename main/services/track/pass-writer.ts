import type { TrackAnswer } from '../../inference/protocol.ts';
import { appendPassFrames, type PassFrameInput, type PassInfo, type Store } from '../../store/index.ts';
import { laneCodeOf, laneFlags, laneNoIou } from '../../../preload/common/masklet.ts';
import type { ServiceContext } from '../context.ts';
import type { JobHandle } from '../job/jobs.ts';
import { isInterpolating } from './interpolating.ts';

/** A pass is committed at least so often; a kill loses no more of a run than this. */
const FLUSH_INTERVAL_MILLIS = 200;
const FLUSH_FRAMES = 64;

export type PassCounts = { frameCount: number; absentCount: number; uncertainCount: number };

export type PassWriter = {
	/** `isReadable` false: the file has no picture of the frame, so that nobody can be sure of the mask. */
	add: (answer: TrackAnswer, frame: { isReadable: boolean }) => void;
	/** Commits what is held; the counts of this run so far. */
	flush: () => PassCounts;
};

/** Commits a run's masks to its pass and announces them, some times a second. */
export function createPassWriter(
	context: ServiceContext,
	run: { store: Store; pass: PassInfo; job: JobHandle },
): PassWriter {
	const { store, pass, job } = run;
	const counts: PassCounts = { frameCount: 0, absentCount: 0, uncertainCount: 0 };
	const carried = isInterpolating(pass) ? 'interpolated' : 'propagated';
	let held: PassFrameInput[] = [];
	let flushedAtMillis = context.deps.now();
	job.progress(pass.doneCount, pass.totalCount);

	function flush(): PassCounts {
		flushedAtMillis = context.deps.now();
		if (held.length > 0) {
			const frames = held;
			held = [];
			appendPassFrames(store, pass.passId, frames);
			counts.frameCount += frames.length;
			counts.absentCount += frames.filter((frame) => frame.provenance === 'emptyByModel').length;
			counts.uncertainCount += frames.filter((frame) => frame.isUncertain).length;
			announce(frames);
			job.progress(pass.doneCount + counts.frameCount, pass.totalCount);
		}
		return { ...counts };
	}

	function announce(frames: readonly PassFrameInput[]): void {
		for (const trackId of new Set(frames.map((frame) => frame.trackId))) {
			const ofTrack = frames.filter((frame) => frame.trackId === trackId);
			context.emit('run.frames', {
				jobId: job.jobId,
				videoId: pass.videoId,
				trackId,
				frameIndexes: Int32Array.from(ofTrack, (frame) => frame.frameIndex),
				kinds: Uint8Array.from(ofTrack, (frame) => laneCodeOf(frame.provenance)),
				flags: Uint8Array.from(ofTrack, (frame) => (frame.isUncertain ? laneFlags.uncertain : 0)),
				ious: Uint8Array.from(ofTrack, (frame) =>
					frame.predictedIou === null ? laneNoIou : Math.round(frame.predictedIou * 254),
				),
			});
		}
	}

	return {
		add: ({ trackId, frameIndex, mask, presence, scores }, { isReadable }) => {
			held.push({
				trackId,
				frameIndex,
				mask,
				provenance: presence === 'absent' ? 'emptyByModel' : carried,
				isUncertain: presence === 'uncertain' || !isReadable,
				...scores,
			});
			if (held.length >= FLUSH_FRAMES || context.deps.now() - flushedAtMillis >= FLUSH_INTERVAL_MILLIS) {
				flush();
			}
		},
		flush,
	};
}
