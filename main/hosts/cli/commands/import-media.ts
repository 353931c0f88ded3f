import { resolve } from 'node:path';
import { errorFromWire } from '../../../../preload/rpc/wire-error.ts';
import type { ImportProblem, VideoInfo } from '../../../../preload/contract/video.ts';
import type { Studio } from '../studio.ts';

/**
 * Imports files and folders into the open project.
 *
 * @param isStrict the first problem is thrown; without it problems are said and the rest is imported
 */
export async function importMedia(
	studio: Studio,
	request: { paths: string[]; isStrict: boolean },
): Promise<{ videos: VideoInfo[]; problemCount: number }> {
	const { result } = await studio.run<{ videoIds: number[]; problems: ImportProblem[] }>(() =>
		studio.client.video.import({ paths: request.paths.map((path) => resolve(path)) }),
	);
	for (const problem of result.problems) {
		if (request.isStrict) {
			throw errorFromWire(problem);
		}
		studio.output.warn(problem.message);
	}
	const videos: VideoInfo[] = [];
	for (const videoId of result.videoIds) {
		const video = await studio.client.video.get({ videoId });
		video.notices.forEach(studio.output.warn);
		videos.push(video);
	}
	return { videos, problemCount: result.problems.length };
}
