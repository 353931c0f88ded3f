import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import { fileError } from '../../../services/host/browse.ts';
import type { MediaProbe } from '../../../../preload/contract/video.ts';
import { parseFrameIndex } from '../arguments.ts';
import type { Studio } from '../studio.ts';
import type { RunCommand } from './options.ts';

/** `info` and `frame`: what is in a project or a video, and one exact frame of it. */
export function addReadCommands(program: Command, run: RunCommand): void {
	program
		.command('info')
		.description('Tells what is in a project, or the facts of a video file or folder of frames')
		.argument('<path>', 'a project, a video, or a folder of frames')
		.action((path: string) =>
			run((studio) => (extname(path) === '.masklet' ? projectInfo(studio, path) : videoInfo(studio, path))),
		);
	program
		.command('frame')
		.description('Writes one exact frame of a video as a picture')
		.argument('<video>', 'a video file or a folder of frames')
		.argument('<n>', 'the frame, from 0', parseFrameIndex)
		.requiredOption('--out <file>', 'FILE.png, or FILE.jpg')
		.option('--force', 'overwrite the file where it is there')
		.action((video: string, frameIndex: number, options: { out: string; force?: boolean }) =>
			run((studio) => writeFrame(studio, { video, frameIndex, ...options })),
		);
}

async function projectInfo(studio: Studio, path: string): Promise<void> {
	const project = await studio.client.project.open({ path: resolve(path) });
	const videos = [];
	for (const video of await studio.client.video.list()) {
		videos.push({ ...video, tracks: await studio.client.track.list({ videoId: video.videoId }) });
	}
	const lines = [
		`${project.name}: ${videos.length === 1 ? '1 video' : `${videos.length} videos`}${project.isReadOnly ? ' (read-only: open in another Masklet)' : ''}`,
		...videos.flatMap((video) => [
			`  ${video.name}: ${video.frameCount} frames, ${video.width}x${video.height}${video.source === 'missing' ? ', source missing' : ''}`,
			...video.tracks.map((track) => `    ${track.name}: ${track.verdict}`),
		]),
	];
	studio.output.result({ ...project, videos }, lines.join('\n'));
}

async function videoInfo(studio: Studio, path: string): Promise<void> {
	const { result: facts } = await studio.run<MediaProbe>(() => studio.client.video.probe({ path: resolve(path) }));
	const lines = [
		`${facts.path}`,
		`  ${facts.container}, ${facts.codec}`,
		`  ${facts.frameCount} frames, ${facts.width}x${facts.height}${facts.rotationDegrees ? ` (rotated by ${facts.rotationDegrees})` : ''}`,
		`  ${facts.durationSeconds.toFixed(3)} s, ${facts.frameRate.toFixed(3)} frames/s${facts.isVariableRate ? ', variable' : ''}`,
		...facts.notices.map((notice) => `  ${notice}`),
	];
	studio.output.result(facts, lines.join('\n'));
}

async function writeFrame(
	studio: Studio,
	request: { video: string; frameIndex: number; out: string; force?: boolean },
): Promise<void> {
	const path = resolve(request.out);
	const extension = extname(path).toLowerCase();
	if (!['.png', '.jpg', '.jpeg'].includes(extension)) {
		throw new StudioError('file.pictureType', { path });
	}
	if (existsSync(path) && !request.force) {
		throw new StudioError('file.exists', { path });
	}
	const picture = await studio.services.looseFrame(resolve(request.video), request.frameIndex, {
		format: extension === '.png' ? 'png' : 'jpg',
		signal: studio.signal,
	});
	await writeFile(path, picture.bytes).catch((error: NodeJS.ErrnoException) => {
		throw fileError(error, error.code === 'ENOENT' ? dirname(path) : path);
	});
	studio.output.result({ path, width: picture.width, height: picture.height }, path);
}
