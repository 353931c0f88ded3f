import { FrameIndex, type ProbedMedia } from '../../media/index.ts';
import { readBlob, type Store, type VideoRow } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';

/** The frame index that the import kept; read from the source again where another version wrote it. */
export async function indexOf(context: ServiceContext, store: Store, video: VideoRow): Promise<FrameIndex> {
	const kept = FrameIndex.fromBytes(readBlob(store.db, video.indexId));
	return kept ?? (await context.media.probe(video.absolutePath)).index;
}

/** Facts and index of a video as a probe of its source would give them. */
export async function probedOf(
	context: ServiceContext,
	store: Store,
	of: { video: VideoRow; path: string },
): Promise<ProbedMedia> {
	const { video, path } = of;
	const index = FrameIndex.fromBytes(readBlob(store.db, video.indexId));
	const decoder = video.decoder as Omit<ProbedMedia['facts'], 'path'>;
	if (!index) {
		return context.media.probe(path);
	}
	return {
		index,
		facts: {
			path,
			kind: video.kind,
			container: decoder.container,
			codec: video.codec,
			width: video.width,
			height: video.height,
			codedWidth: decoder.codedWidth,
			codedHeight: decoder.codedHeight,
			rotationDegrees: video.rotationDegrees,
			pixelAspect: video.pixelAspect,
			frameCount: video.frameCount,
			durationSeconds: video.durationSeconds,
			frameRate: video.frameRate,
			isVariableRate: video.isVariableRate,
			keyframeCount: decoder.keyframeCount,
			sizeBytes: video.sizeBytes,
			hasAudio: decoder.hasAudio,
			colour: decoder.colour,
			notices: video.notices,
		},
	};
}
