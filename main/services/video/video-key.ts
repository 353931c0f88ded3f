import { assert } from '../../../preload/common/assert.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';

/** Tells one opening of a project from the next, in which the same numbers may mean other videos. */
export type Opening = { readonly openingId: number };

/** The name by which inference asks for a video's pictures and keys its caches. */
export function videoKeyOf(opening: Opening, videoId: number): string {
	return `opening-${opening.openingId}-video-${videoId}`;
}

/** @throws request.cancelled for a video of a project that is no longer open */
export function videoIdOf(opening: Opening, videoKey: string): number {
	const match = /^opening-(\d+)-video-(\d+)$/.exec(videoKey);
	assert(match, `not a video key: ${videoKey}`);
	if (Number(match[1]) !== opening.openingId) {
		throw new StudioError('request.cancelled');
	}
	return Number(match[2]);
}
