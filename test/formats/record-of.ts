import { laneCodeOf, type Provenance } from '../../preload/common/masklet.ts';
import { encodeRle, emptyRle } from '../../preload/common/rle.ts';
import type { TrackFacts, VideoFacts, VideoRecord } from '../../main/formats/record.ts';
import { drawMask, type DrawStep } from '../draw-mask.ts';

/** A track written as data: on a frame its drawing (none: absent) and where it came from; no frame, no record. */
export type DrawnTrack = Partial<TrackFacts> & {
	frames: Record<number, { steps: DrawStep[]; provenance?: Provenance; stability?: number }>;
};

/** A record as a store would give it, held in memory; masks come as promises, as from a store in another process. */
export function recordOf(video: Partial<VideoFacts>, drawn: DrawnTrack[]): VideoRecord {
	const facts: VideoFacts = {
		name: 'clip.mp4',
		width: 60,
		height: 40,
		frameCount: 10,
		frameRate: 24,
		durationSeconds: (video.frameCount ?? 10) / 24,
		ptsSeconds: Float64Array.from({ length: video.frameCount ?? 10 }, (_, frameIndex) => frameIndex / 24),
		environment: null,
		split: null,
		...video,
	};
	const tracks = drawn.map(({ frames: _frames, ...track }, index): TrackFacts => ({
		trackId: index + 1,
		name: `thing ${index + 1}`,
		label: null,
		verdict: 'tracked',
		type: 'manual',
		...track,
	}));
	const framesOf = (trackId: number) => drawn[tracks.findIndex((track) => track.trackId === trackId)]!.frames;
	return {
		video: facts,
		tracks,
		laneOf(trackId) {
			const lane = new Uint8Array(facts.frameCount);
			for (const [frameIndex, { provenance = 'propagated' }] of Object.entries(framesOf(trackId))) {
				lane[Number(frameIndex)] = laneCodeOf(provenance);
			}
			return lane;
		},
		async maskAt(trackId, frameIndex) {
			const frame = framesOf(trackId)[frameIndex];
			if (frame === undefined) {
				return null;
			}
			return {
				rle: frame.steps.length === 0 ? emptyRle(facts) : encodeRle(drawMask(facts, frame.steps)),
				provenance: frame.provenance ?? 'propagated',
				isAnchor: frame.provenance === 'prompted' || frame.provenance === 'edited',
				scores: { predictedIou: null, objectScore: null, stability: frame.stability ?? null },
			};
		},
	};
}
