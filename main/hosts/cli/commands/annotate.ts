import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { assert } from '../../../../preload/common/assert.ts';
import type { ModelModes } from '../../../../preload/common/model-modes.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import type { Direction, RunResult } from '../../../../preload/contract/track.ts';
import { parseEvery, parseFormats, parseRange, rangeInVideo } from '../arguments.ts';
import { parseModes, setModes } from '../modes.ts';
import { addObjectOptions, type ObjectArgument } from '../object-options.ts';
import type { Studio } from '../studio.ts';
import { applyPrompts } from './apply-prompts.ts';
import { addTrack } from './add-track.ts';
import { directionOption, type RunCommand } from './options.ts';
import { exportVideo } from './export-video.ts';
import { importMedia } from './import-media.ts';

type AnnotateOptions = {
	model?: string;
	mode?: Partial<ModelModes>;
	range?: { from: number; to: number | null };
	direction: Direction;
	out: string;
	format: ('sav' | 'coco')[];
	every: number;
	force?: boolean;
	strict?: boolean;
	keep?: string;
};

/** `annotate VIDEO ...`: the main job in one line. */
export function addAnnotateCommand(program: Command, run: RunCommand): void {
	const command = program
		.command('annotate')
		.summary('prompt objects of a video, carry them through it, export')
		.description(
			'Prompts one or more objects of a video, carries their masks through it and exports them. Coordinates are pixels of the decoded picture.',
		)
		.argument('[video]', 'a video file, or a folder of JPEG or PNG frames');
	const readObjects = addObjectOptions(command);
	command
		.option('--model <id>', 'the model (default: the built-in one)')
		.option('--mode <modes>', 'run the model so, this once: see `models modes --help`', parseModes)
		.option('--range <A:B>', 'frames A to B-1 (default: all)', parseRange)
		.addOption(directionOption())
		.requiredOption('--out <folder>', 'where the files go')
		.option('--format <formats>', 'sav, coco, or both', parseFormats, ['sav', 'coco'])
		.option('--every <k>', 'one entry every K frames', parseEvery, 1)
		.option('--force', 'overwrite files that are there')
		.option('--strict', 'refuse where frames of the export were never annotated')
		.option('--keep <project>', 'keep the project too, to go on in the studio');
	command.action((video: string | undefined, options: AnnotateOptions) => {
		const { objects, words } = readObjects();
		const path = video ?? words.shift();
		if (path === undefined || words.length > 0) {
			return command.error(`error: name one video; got ${path === undefined ? 'none' : [path, ...words].join(', ')}`);
		}
		if (objects.length === 0) {
			command.error('error: say what to annotate: --point x,y or --box x0,y0,x1,y1 or --mask FILE.png');
		}
		return run((studio) => annotate(studio, { path, objects, options }));
	});
}

async function annotate(
	studio: Studio,
	request: { path: string; objects: ObjectArgument[]; options: AnnotateOptions },
): Promise<void> {
	const { options } = request;
	const scratch = options.keep ? null : await mkdtemp(join(tmpdir(), 'masklet-annotate-'));
	try {
		const path = scratch === null ? resolve(options.keep ?? '') : join(scratch, 'annotate.masklet');
		await studio.client.project.create({ path, name: basename(request.path) });
		if (options.model) {
			await studio.client.model.choose({ modelId: options.model });
		}
		if (options.mode) {
			const project = await studio.client.project.current();
			assert(project, 'the project that was just made');
			await setModes(studio, { modelId: project.modelId, modes: options.mode, isLasting: false });
		}
		const { videos } = await importMedia(studio, { paths: [request.path], isStrict: true });
		const [video] = videos;
		assert(video, 'one path gives one video');
		const { range: wantedRange, ...files } = options;
		const range = wantedRange && rangeInVideo(wantedRange, video.frameCount);
		if (range && range.from >= range.to) {
			throw new StudioError('project.frameOutside', { frameIndex: range.from, frameCount: video.frameCount });
		}
		const exportOptions = { ...files, ...(range ? { range } : {}) };
		const trackIds: number[] = [];
		for (const object of request.objects) {
			trackIds.push((await addTrack(studio, { video, object })).trackId);
		}
		// A file that is in the way is refused before the long work rather than after it.
		await exportVideo(studio, { video, options: exportOptions, isPlanOnly: true });
		for (const [index, object] of request.objects.entries()) {
			await applyPrompts(studio, { video, trackId: trackIds[index]!, object });
		}
		const outcome = await studio.run<RunResult | null>(() =>
			studio.client.track.propagate({
				videoId: video.videoId,
				trackIds,
				direction: options.direction,
				...(range ? { range } : {}),
			}),
		);
		const exported = await exportVideo(studio, {
			video,
			options: exportOptions,
			isPlanOnly: false,
			isAfterCancel: outcome.isCancelled,
		});
		const counts = outcome.result ?? { frameCount: 0, absentCount: 0, uncertainCount: 0 };
		studio.output.result(
			{
				files: exported.files,
				warnings: exported.warnings,
				frameCount: counts.frameCount,
				absentCount: counts.absentCount,
				uncertainCount: counts.uncertainCount,
				isCancelled: outcome.isCancelled,
				...(options.keep ? { project: path } : {}),
			},
			[
				`${counts.frameCount} masks carried, ${counts.absentCount} absent, ${counts.uncertainCount} uncertain`,
				...exported.files,
			].join('\n'),
		);
		if (outcome.isCancelled) {
			throw new StudioError('request.cancelled');
		}
	} finally {
		if (scratch) {
			await studio.client.project.close();
			await rm(scratch, { recursive: true, force: true });
		}
	}
}
