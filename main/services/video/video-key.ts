import { assert } from '../../../preload/common/assert.ts';

/** The name by which inference asks for a video's pictures and keys its caches. */
export function videoKeyOf(videoId: number): string {
	return `video-${videoId}`;
}

export function videoIdOf(videoKey: string): number {
	const match = /^video-(\d+)$/.exec(videoKey);
	assert(match, `not a video key: ${videoKey}`);
	return Number(match[1]);
}
