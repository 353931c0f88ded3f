import { emptyRle, encodeRle, rleToBytes } from '../../../preload/common/rle.ts';
import type { FrameMask, Lane, Track } from '../../../preload/contract/track.ts';
import type { VideoInfo } from '../../../preload/contract/video.ts';
import type { ConnectedClient } from '../../../preload/rpc/client.ts';

export const size = { width: 8, height: 4 };

/** A service of one video in memory: what it holds can be changed, and what was asked is written down. */
export function fakeService(frameCount: number) {
	const asked: string[] = [];
	const tracks: Track[] = [];
	const lanes = new Map<number, Lane>();
	const masks = new Map<string, FrameMask>();
	const video = { videoId: 1, ...size, frameCount, trackCount: 0 } as VideoInfo;

	const client = {
		video: {
			get: async () => video,
			index: async () => ({ ptsSeconds: Float64Array.from({ length: frameCount }, (_, frame) => frame / 25) }),
		},
		track: {
			list: async () => (asked.push('list'), [...tracks]),
			lane: async ({ trackId }: { trackId: number }) => (asked.push(`lane ${trackId}`), lanes.get(trackId)!),
			frame: async ({ frameIndex }: { frameIndex: number }) => {
				asked.push(`frame ${frameIndex}`);
				return tracks.flatMap(({ trackId }) => masks.get(`${trackId} ${frameIndex}`) ?? []);
			},
		},
	} as unknown as ConnectedClient;

	return {
		client,
		video,
		/** What was asked since the last time. */
		taken: () => asked.splice(0),
		addTrack(trackId: number) {
			tracks.push({ trackId, videoId: 1, name: `object ${trackId}`, position: tracks.length } as Track);
			lanes.set(trackId, laneOf(trackId, frameCount, 1));
		},
		removeTrack(trackId: number) {
			tracks.splice(
				tracks.findIndex((track) => track.trackId === trackId),
				1,
			);
		},
		setMask(trackId: number, frameIndex: number, column: number) {
			const data = new Uint8Array(size.width * size.height);
			data[column] = 1;
			masks.set(`${trackId} ${frameIndex}`, maskOf(trackId, frameIndex, rleToBytes(encodeRle({ ...size, data }))));
			const lane = lanes.get(trackId)!;
			const kinds = lane.kinds.slice();
			kinds[frameIndex] = 3;
			lanes.set(trackId, { ...lane, kinds, revision: lane.revision + 1 });
		},
	};
}

function laneOf(trackId: number, frameCount: number, revision: number): Lane {
	const bytes = () => new Uint8Array(frameCount);
	return { trackId, revision, kinds: bytes(), flags: bytes(), ious: bytes().fill(255) };
}

function maskOf(trackId: number, frameIndex: number, mask = rleToBytes(emptyRle(size))): FrameMask {
	return {
		trackId,
		frameIndex,
		mask,
		provenance: 'propagated',
		isAnchor: false,
		isPending: false,
		isPreview: false,
		isUncertain: false,
		scores: { predictedIou: null, objectScore: null, stability: null },
		prompts: [],
	};
}
