import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileStems } from '../../formats/file-names.ts';
import type { VideoRecord } from '../../formats/record.ts';
import { writers } from '../../formats/writers.ts';
import type { WriteOptions } from '../../formats/write-options.ts';
import { listTracks, listVideos, type Store } from '../../store/index.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { exportContract } from '../../../preload/contract/export.ts';
import type { ParsedInputOf } from '../../../preload/contract/index.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';
import { checkWritable } from '../host/browse.ts';
import type { JobHandle } from '../job/jobs.ts';
import { videoOf } from '../video/find.ts';
import { exportPictures } from './pictures.ts';
import { recordOf } from './record.ts';

type Options = ParsedInputOf<(typeof exportContract)['start']>;
type Exported = { videoId: number; record: VideoRecord; options: WriteOptions & { stem: string } };

export function createExportService(context: ServiceContext): ServiceHandlers<'export'> {
	return {
		plan: async (options) => {
			const { store } = context.project();
			await checkWritable(options.folder);
			const { chosen, warnings } = chooseVideos(store, options);
			const files: { path: string; isThere: boolean }[] = [];
			for (const video of chosen) {
				const exported = await prepare(context, store, { ...video, options });
				// What strictness refuses is refused on start; the plan tells of it.
				const plan = await writers[options.format].plan(exported.record, { ...exported.options, isStrict: false });
				const paths = [...plan.paths, ...picturesOf(exported, options)];
				files.push(...paths.map((path) => ({ path, isThere: existsSync(path) })));
				warnings.push(...named(exported, plan.warnings));
			}
			return { files, warnings };
		},
		start: (options) => {
			const { store } = context.project();
			const { chosen, warnings } = chooseVideos(store, options);
			return context.jobs.start({
				method: 'export.start',
				name: `Export ${options.format === 'sav' ? 'SA-V JSON' : 'COCO'}`,
				run: async (job) => {
					const files: string[] = [];
					for (const video of chosen) {
						const exported = await prepare(context, store, { ...video, options });
						const written = await write(context, { exported, options, job });
						files.push(...written.files);
						warnings.push(...named(exported, written.warnings));
					}
					warnings.forEach((warning) => job.warn(warning));
					return { files, warnings };
				},
			});
		},
	};
}

async function write(
	context: ServiceContext,
	work: { exported: Exported; options: Options; job: JobHandle },
): Promise<{ files: string[]; warnings: string[] }> {
	const { exported, options, job } = work;
	const { record } = exported;
	const [taken] = picturesOf(exported, options).filter((path) => existsSync(path));
	if (taken !== undefined && !options.isForced) {
		throw new StudioError('file.exists', { path: taken });
	}
	const writeOptions: WriteOptions = {
		...exported.options,
		signal: job.signal,
		onProgress: (doneCount, totalCount) => job.progress(doneCount, totalCount, record.video.name),
	};
	const pictures: string[] = [];
	if (options.frames !== 'none') {
		// Before the file: a file never names pictures that are not there.
		const { frameIndexes } = await writers[options.format].plan(record, writeOptions);
		pictures.push(
			await exportPictures(context, {
				videoId: exported.videoId,
				folder: options.folder,
				stem: exported.options.stem,
				frameIndexes,
				format: options.frames,
				isForced: options.isForced,
				job,
			}),
		);
	}
	const written = await writers[options.format].write(record, writeOptions);
	return { files: [...written.paths, ...pictures], warnings: written.warnings };
}

/** The videos asked for. Of all videos those without an object are left out with a word, unless none has one. */
function chooseVideos(
	store: Store,
	options: Options,
): { chosen: { videoId: number; stem: string }[]; warnings: string[] } {
	const all = listVideos(store.db);
	const stems = fileStems(all.map((video) => video.name));
	const named = all.map(({ videoId, name }, index) => ({ videoId, name, stem: stems[index]! }));
	if (options.videoIds) {
		const wanted = new Set(options.videoIds.map((videoId) => videoOf(store, videoId).videoId));
		return { chosen: named.filter(({ videoId }) => wanted.has(videoId)), warnings: [] };
	}
	const filled = named.filter(({ videoId }) => listTracks(store.db, videoId).length > 0);
	if (filled.length === 0) {
		throw new StudioError('export.nothing');
	}
	const empty = named.filter((video) => !filled.includes(video));
	return { chosen: filled, warnings: empty.map(({ name }) => `${name} has no object and is left out`) };
}

async function prepare(
	context: ServiceContext,
	store: Store,
	of: { videoId: number; stem: string; options: Options },
): Promise<Exported> {
	const { videoId, stem, options } = of;
	return {
		videoId,
		record: await recordOf(context, store, videoId),
		options: {
			folder: options.folder,
			stem,
			every: options.every,
			isForced: options.isForced,
			isStrict: options.isStrict,
			...(options.range ? { range: options.range } : {}),
			...(options.frames === 'none' ? {} : { pictureExtension: options.frames }),
		},
	};
}

function picturesOf(exported: Exported, options: Options): string[] {
	return options.frames === 'none' ? [] : [join(options.folder, exported.options.stem)];
}

function named(exported: Exported, warnings: readonly string[]): string[] {
	return warnings.map((warning) => `${exported.record.video.name}: ${warning}`);
}
