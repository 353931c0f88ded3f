import type { Track } from '../../../../preload/contract/track.ts';
import type { VideoInfo } from '../../../../preload/contract/video.ts';
import type { ObjectArgument } from '../object-options.ts';
import type { Studio } from '../studio.ts';

/** Makes a track for an object of the command line, and its label where the project has none of that name. */
export async function addTrack(studio: Studio, target: { video: VideoInfo; object: ObjectArgument }): Promise<Track> {
	const { video, object } = target;
	let labelId: number | null = null;
	if (object.label) {
		const name = object.label;
		const labels = await studio.client.project.labels();
		const known = labels.find((label) => label.name === name);
		labelId = (known ?? (await studio.client.project.addLabel({ name }))).labelId;
	}
	return studio.client.track.create({
		videoId: video.videoId,
		labelId,
		...(object.name ? { name: object.name } : {}),
	});
}
