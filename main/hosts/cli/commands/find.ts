import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Track } from '../../../../preload/contract/track.ts';
import type { VideoInfo } from '../../../../preload/contract/video.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import type { Studio } from '../studio.ts';

/** Opens a project to edit it; refused in one sentence while another Masklet has it. */
export async function openForEditing(studio: Studio, path: string): Promise<void> {
	const project = await studio.client.project.open({ path: resolve(path) });
	if (project.isReadOnly) {
		throw new StudioError('project.readOnly', { path: project.path });
	}
}

/** Opens a project to edit it, or creates it where nothing is there. */
export async function openOrCreate(studio: Studio, path: string): Promise<void> {
	if (existsSync(path)) {
		await openForEditing(studio, path);
	} else {
		await studio.client.project.create({ path: resolve(path), name: projectName(path) });
	}
}

function projectName(path: string): string {
	return (
		path
			.split(/[\\/]/)
			.at(-1)
			?.replace(/\.masklet$/i, '') || 'Project'
	);
}

/** The video of that name or number; the only one where no name is given. */
export async function findVideo(studio: Studio, wanted: string | undefined): Promise<VideoInfo> {
	const videos = await studio.client.video.list();
	const found = wanted
		? videos.filter((video) => video.name === wanted || stem(video.name) === wanted || `${video.videoId}` === wanted)
		: videos;
	if (found.length !== 1) {
		throw new StudioError('request.choice', {
			what: 'video',
			wanted: wanted ?? null,
			names: (found.length ? found : videos).map((video) => video.name),
			option: '--video',
		});
	}
	return found[0]!;
}

/** The object of that name or number. */
export async function findTrack(studio: Studio, video: VideoInfo, wanted: string): Promise<Track> {
	const tracks = await studio.client.track.list({ videoId: video.videoId });
	const found = tracks.filter((track) => track.name === wanted || `${track.trackId}` === wanted);
	if (found.length !== 1) {
		throw new StudioError('request.choice', {
			what: 'object',
			wanted,
			names: (found.length ? found : tracks).map((track) => track.name),
			option: '--track',
		});
	}
	return found[0]!;
}

function stem(name: string): string {
	return name.replace(/\.[^.]+$/, '');
}
