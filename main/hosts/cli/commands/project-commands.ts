import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Direction, RunResult } from '../../../../preload/contract/track.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import { parseEvery, parseFormats, parseRange, rangeInVideo } from '../arguments.ts';
import { addObjectOptions, type ObjectArgument } from '../object-options.ts';
import type { Studio } from '../studio.ts';
import { addTrack } from './add-track.ts';
import { applyPrompts } from './apply-prompts.ts';
import { exportVideo, type ExportVideoOptions } from './export-video.ts';
import { findTrack, findVideo, openForEditing, openOrCreate } from './find.ts';
import { importMedia } from './import-media.ts';
import { directionOption, type RunCommand } from './options.ts';

/** `import`, `prompt`, `propagate` and `export`: the main job step by step, on a project that the studio opens too. */
export function addProjectCommands(program: Command, run: RunCommand): void {
	addImport(program, run);
	addPrompt(program, run);
	addPropagate(program, run);
	addExport(program, run);
}

function addImport(program: Command, run: RunCommand): void {
	program
		.command('import')
		.description('Adds videos and folders of frames to a project; creates the project where there is none')
		.argument('<project>', 'the project file, NAME.masklet')
		.argument('<media...>', 'video files and folders of JPEG or PNG frames')
		.action((project: string, media: string[]) =>
			run(async (studio) => {
				await openOrCreate(studio, project);
				const { videos, problemCount } = await importMedia(studio, { paths: media, isStrict: false });
				if (videos.length === 0) {
					throw new StudioError('import.nothing');
				}
				studio.output.result(
					videos,
					videos.map((video) => `${video.name}: ${video.frameCount} frames, ${video.width}x${video.height}`).join('\n'),
				);
				if (problemCount > 0) {
					throw new StudioError('import.some', { count: problemCount });
				}
			}),
		);
}

function addPrompt(program: Command, run: RunCommand): void {
	const command = program
		.command('prompt')
		.description('Prompts objects on a frame of a video of a project; a frame that has a mask already is corrected')
		.argument('<project>', 'the project file');
	const readObjects = addObjectOptions(command);
	command
		.option('--video <name>', 'the video, where the project has several')
		.option('--track <name>', 'an object that is there already (default: a new one)')
		.option('--model <id>', 'the model')
		.action((project: string, options: { video?: string; track?: string; model?: string }) => {
			const { objects } = readObjects();
			if (objects.length === 0) {
				command.error('error: say what to prompt: --point x,y or --box x0,y0,x1,y1 or --mask FILE.png');
			}
			return run((studio) => promptObjects(studio, { project, objects, options }));
		});
}

async function promptObjects(
	studio: Studio,
	request: {
		project: string;
		objects: ObjectArgument[];
		options: { video?: string; track?: string; model?: string };
	},
): Promise<void> {
	await openForEditing(studio, request.project);
	if (request.options.model) {
		await studio.client.model.choose({ modelId: request.options.model });
	}
	const video = await findVideo(studio, request.options.video);
	const results: { track: string; trackId: number; frameIndex: number; predictedIou: number | null }[] = [];
	for (const object of request.objects) {
		const track = request.options.track
			? await findTrack(studio, video, request.options.track)
			: await addTrack(studio, { video, object });
		const mask = await applyPrompts(studio, { video, trackId: track.trackId, object });
		results.push({
			track: track.name,
			trackId: track.trackId,
			frameIndex: object.frameIndex,
			predictedIou: mask.scores.predictedIou,
		});
	}
	studio.output.result(
		results,
		results.map((result) => `${result.track}: prompted on frame ${result.frameIndex}`).join('\n'),
	);
}

function addPropagate(program: Command, run: RunCommand): void {
	program
		.command('propagate')
		.description('Carries the objects of a video from their prompted and edited frames through the video')
		.argument('<project>', 'the project file')
		.option('--video <name>', 'the video, where the project has several')
		.option('--track <name...>', 'these objects (default: all)')
		.option('--range <A:B>', 'frames A to B-1 (default: all)', parseRange)
		.addOption(directionOption())
		.option('--model <id>', 'the model')
		.action(
			(
				project: string,
				options: {
					video?: string;
					track?: string[];
					range?: { from: number; to: number | null };
					direction: Direction;
					model?: string;
				},
			) =>
				run(async (studio) => {
					await openForEditing(studio, project);
					const video = await findVideo(studio, options.video);
					const trackIds: number[] = [];
					for (const name of options.track ?? []) {
						trackIds.push((await findTrack(studio, video, name)).trackId);
					}
					const { result, isCancelled } = await studio.run<RunResult | null>(() =>
						studio.client.track.propagate({
							videoId: video.videoId,
							direction: options.direction,
							...(trackIds.length ? { trackIds } : {}),
							...(options.range ? { range: rangeInVideo(options.range, video.frameCount) } : {}),
							...(options.model ? { modelId: options.model } : {}),
						}),
					);
					const counts = result ?? { frameCount: 0, absentCount: 0, uncertainCount: 0 };
					studio.output.result(
						{ ...counts, isCancelled },
						`${counts.frameCount} masks carried, ${counts.absentCount} absent, ${counts.uncertainCount} uncertain`,
					);
					if (isCancelled) {
						throw new StudioError('request.cancelled');
					}
				}),
		);
}

function addExport(program: Command, run: RunCommand): void {
	program
		.command('export')
		.description('Writes the masks of a project: SA-V JSON (NAME_manual.json) or COCO (NAME_coco.json) a video')
		.argument('<project>', 'the project file')
		.requiredOption('--format <formats>', 'sav, coco, or both', parseFormats)
		.requiredOption('--out <folder>', 'where the files go')
		.option('--video <name>', 'this video alone')
		.option('--every <k>', 'one entry every K frames', parseEvery, 1)
		.addOption(
			new Option('--frames <kind>', 'the pictures of the frames too').choices(['jpg', 'png', 'none']).default('none'),
		)
		.option('--force', 'overwrite files that are there')
		.option('--strict', 'refuse where frames were never annotated')
		.action((project: string, options: ExportVideoOptions & { video?: string }) =>
			run(async (studio) => {
				await studio.client.project.open({ path: resolve(project) });
				const video = options.video ? await findVideo(studio, options.video) : null;
				await exportVideo(studio, { video, options, isPlanOnly: true });
				const exported = await exportVideo(studio, { video, options, isPlanOnly: false });
				studio.output.result(exported, exported.files.join('\n'));
			}),
		);
}
