import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { findSource, sampledHash } from '../../media/index.ts';
import type { readVideo } from '../../store/index.ts';
import {
	listVideos,
	removeVideo,
	runCommand,
	runEdit,
	setVideoColumns,
	type Store,
	updateRow,
} from '../../store/index.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { VideoInfo } from '../../../preload/contract/video.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';
import { definedOf } from '../defined.ts';
import { videoOf } from './find.ts';
import { importMedia } from './import.ts';
import { indexOf } from './record.ts';

export function createVideoService(context: ServiceContext): ServiceHandlers<'video'> {
	return {
		list: () => {
			const { store } = context.project();
			return listVideos(store.db).map((row) => wireVideo(store, row));
		},
		get: ({ videoId }) => {
			const { store } = context.project();
			return wireVideo(store, videoOf(store, videoId));
		},
		index: async ({ videoId }) => {
			const { store } = context.project();
			const index = await indexOf(context, store, videoOf(store, videoId));
			return { ptsSeconds: index.ptsSeconds };
		},
		probe: ({ path }) =>
			context.jobs.start({
				method: 'video.probe',
				name: 'Read the facts of a video',
				run: async (job) => {
					const { facts } = await context.media.probe(resolve(path), { signal: job.signal });
					const { hasAudio: _hasAudio, colour: _colour, ...probe } = facts;
					return probe;
				},
			}),
		import: ({ paths }) => {
			context.editable();
			return context.jobs.start({
				method: 'video.import',
				name: paths.length === 1 ? 'Import a video' : `Import ${paths.length} videos`,
				run: (job) =>
					importMedia(context, {
						paths,
						signal: job.signal,
						onProgress: (doneCount, note) => job.progress(doneCount, paths.length, note),
					}),
			});
		},
		relocate: ({ videoId, path }) => {
			const { store, sources, pendingMasks } = context.editable();
			const video = videoOf(store, videoId);
			return context.jobs.start({
				method: 'video.relocate',
				name: `Find ${video.name}`,
				run: async (job) => {
					const target = resolve(path);
					const { facts } = await context.media.probe(target, { signal: job.signal });
					if ((await sampledHash(target)) !== video.sampledHash) {
						throw new StudioError('video.otherSource', { name: video.name, path: target });
					}
					runCommand(store, (db) =>
						setVideoColumns(db, videoId, {
							absolutePath: target,
							relativePath: relative(dirname(store.path), target),
							sizeBytes: facts.sizeBytes,
						}),
					);
					await sources.close(videoId);
					pendingMasks.retry();
					return wireVideo(store, videoOf(store, videoId));
				},
			});
		},
		update: ({ videoId, ...patch }) => {
			const { store } = context.editable();
			const video = videoOf(store, videoId);
			if (patch.name !== undefined && listVideos(store.db).some((other) => isOther(other, videoId, patch.name))) {
				throw new StudioError('video.nameTaken', { name: patch.name });
			}
			runEdit(store, { name: `Change ${video.name}`, kind: 'video.update' }, (db) =>
				updateRow(db, 'video', videoId, definedOf(patch)),
			);
			return null;
		},
		remove: async ({ videoId }) => {
			const { store, sources } = context.editable();
			const video = videoOf(store, videoId);
			runEdit(store, { name: `Remove ${video.name}`, kind: 'video.remove' }, (db) => removeVideo(db, videoId));
			await sources.close(videoId);
			return null;
		},
	};
}

type VideoWithCount = NonNullable<ReturnType<typeof readVideo>>;

function wireVideo(store: Store, row: VideoWithCount): VideoInfo {
	const path = currentPath(store, row);
	return {
		videoId: row.videoId,
		name: row.name,
		path: path ?? row.absolutePath,
		kind: row.kind,
		width: row.width,
		height: row.height,
		pixelAspect: row.pixelAspect,
		frameCount: row.frameCount,
		durationSeconds: row.durationSeconds,
		frameRate: row.frameRate,
		isVariableRate: row.isVariableRate,
		codec: row.codec,
		sizeBytes: row.sizeBytes,
		source: path === null ? 'missing' : 'ready',
		trackCount: row.trackCount,
		environment: row.environment,
		split: row.split,
		notices: row.notices,
	};
}

/** Where something is at all, without reading it: lists must be quick. `locateSource` looks closer. */
function currentPath(store: Store, row: VideoWithCount): string | null {
	const beside = row.relativePath === null ? null : resolve(dirname(store.path), row.relativePath);
	return [beside, row.absolutePath].find((path) => path !== null && existsSync(path)) ?? null;
}

function isOther(other: { videoId: number; name: string }, videoId: number, name: string | undefined): boolean {
	return other.videoId !== videoId && other.name === name;
}

/** The source by its relative path, its absolute one, size and sampled hash. @throws media.sourceMissing */
export async function locateSource(store: Store, row: VideoWithCount): Promise<string> {
	const { relativePath, absolutePath, sizeBytes, sampledHash: hash } = row;
	const path = await findSource({ relativePath, absolutePath, sizeBytes, sampledHash: hash }, dirname(store.path));
	if (path === null) {
		throw new StudioError('video.sourceMissing', { name: row.name, path: absolutePath });
	}
	return path;
}
