import type { VideoRecord } from '../../formats/record.ts';
import { listLabels, listTracks, readLane, readMask, type Store } from '../../store/index.ts';
import { present } from '../../../preload/common/assert.ts';
import { rleFromBytes } from '../../../preload/common/rle.ts';
import type { ServiceContext } from '../context.ts';
import { videoOf } from '../video/find.ts';
import { indexOf } from '../video/record.ts';

/** A video and its tracks as exporters take them: read from the store alone, one mask at a time. */
export async function recordOf(context: ServiceContext, store: Store, videoId: number): Promise<VideoRecord> {
	const video = videoOf(store, videoId);
	const labels = new Map(listLabels(store.db).map((label) => [label.labelId, label.name]));
	const { name, width, height, frameCount, frameRate, durationSeconds, environment, split } = video;
	const { ptsSeconds } = await indexOf(context, store, video);
	return {
		video: { name, width, height, frameCount, frameRate, durationSeconds, environment, split, ptsSeconds },
		tracks: listTracks(store.db, videoId).map((track) => ({
			trackId: track.trackId,
			name: track.name,
			label: track.labelId === null ? null : (labels.get(track.labelId) ?? null),
			verdict: track.verdict,
			type: track.type,
		})),
		laneOf: (trackId) => present(readLane(store.db, trackId), 'the lane of a track').kinds,
		maskAt: (trackId, frameIndex) => {
			const frame = readMask(store.db, { trackId, frameIndex });
			return (
				frame && {
					rle: rleFromBytes(video, frame.mask),
					provenance: frame.provenance,
					isAnchor: frame.isAnchor,
					scores: {
						predictedIou: frame.predictedIou,
						objectScore: frame.objectScore,
						stability: frame.stability,
					},
				}
			);
		},
	};
}
