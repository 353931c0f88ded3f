import { readVideo, type Store } from '../../store/index.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';

type FoundVideo = NonNullable<ReturnType<typeof readVideo>>;

/** @throws project.videoUnknown */
export function videoOf(store: Store, videoId: number): FoundVideo {
	const video = readVideo(store.db, videoId);
	if (!video) {
		throw new StudioError('project.videoUnknown', { videoId });
	}
	return video;
}

/** @throws project.frameOutside */
export function checkFrame(video: { frameCount: number }, frameIndex: number): void {
	if (frameIndex >= video.frameCount) {
		throw new StudioError('project.frameOutside', { frameIndex, frameCount: video.frameCount });
	}
}
