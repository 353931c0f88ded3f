import { hash } from 'node:crypto';
import type { VideoRow } from '../../store/index.ts';
import { assert } from '../../../preload/common/assert.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';

type KeyedVideo = Pick<VideoRow, 'videoId' | 'kind' | 'sampledHash' | 'sizeBytes' | 'width' | 'height' | 'decoder'>;

/** Tells one opening of a project from the next, in which the same numbers may mean other videos. */
export type Opening = { readonly openingId: number };

/**
 * The name by which inference asks for a video's pictures and keys its caches: what the video is, so that features are
 * found again on another day, and who asks. The pictures of a folder can be exchanged one by one, which its sampled hash
 * may not show: such a video is known within this opening alone.
 */
export function videoKeyOf(opening: Opening, video: KeyedVideo): string {
	const asker = `opening-${opening.openingId}-video-${video.videoId}`;
	if (video.kind === 'folder') {
		return asker;
	}
	const { sampledHash, sizeBytes, width, height, decoder } = video;
	return `${hash('sha256', JSON.stringify([sampledHash, sizeBytes, width, height, decoder]))}#${asker}`;
}

/** @throws request.cancelled for a video of a project that is no longer open */
export function videoIdOf(opening: Opening, videoKey: string): number {
	const match = /(?:^|#)opening-(\d+)-video-(\d+)$/.exec(videoKey);
	assert(match, `not a video key: ${videoKey}`);
	if (Number(match[1]) !== opening.openingId) {
		throw new StudioError('request.cancelled');
	}
	return Number(match[2]);
}
