import { basename, dirname, relative, resolve } from 'node:path';
import { fullHash, sampledHash } from '../../media/index.ts';
import { insertRow, listVideos, putBlob, readVideo, runCommand, runEdit, setVideoColumns } from '../../store/index.ts';
import { isStudioError } from '../../../preload/common/studio-error.ts';
import type { ImportProblem } from '../../../preload/contract/video.ts';
import type { ServiceContext } from '../context.ts';

export type ImportResult = { videoIds: number[]; problems: ImportProblem[] };

/**
 * Reads each file or folder and adds it to the open project, one edit a video. What cannot be read becomes a problem,
 * and the rest goes on; an abort keeps what was added before.
 */
export async function importMedia(
	context: ServiceContext,
	request: { paths: string[]; signal: AbortSignal; onProgress?: (doneCount: number, note: string) => void },
): Promise<ImportResult> {
	const result: ImportResult = { videoIds: [], problems: [] };
	for (const [index, path] of request.paths.entries()) {
		if (request.signal.aborted) {
			break;
		}
		request.onProgress?.(index, basename(path));
		try {
			result.videoIds.push(await importOne(context, resolve(path), request.signal));
		} catch (error) {
			if (!isStudioError(error) || request.signal.aborted) {
				throw error;
			}
			result.problems.push({ path, code: error.code, message: error.message, data: error.data });
		}
	}
	request.onProgress?.(request.paths.length, '');
	return result;
}

async function importOne(context: ServiceContext, path: string, signal: AbortSignal): Promise<number> {
	const probed = await context.media.probe(path, { signal });
	const { facts, index } = probed;
	const hash = await sampledHash(path);
	const source = await context.media.open(path, { signal, known: probed });
	const decoderName = await source.decoderName().finally(() => source.close());
	signal.throwIfAborted();
	const { store } = context.editable();
	const videos = listVideos(store.db);
	const name = freeName(basename(path), new Set(videos.map((video) => video.name)));
	const { value } = runEdit(store, { name: `Import ${name}`, kind: 'video.import' }, (db) =>
		insertRow(db, 'video', {
			name,
			kind: facts.kind,
			relativePath: relative(dirname(store.path), path),
			absolutePath: path,
			sampledHash: hash,
			fullHash: null,
			sizeBytes: facts.sizeBytes,
			width: facts.width,
			height: facts.height,
			pixelAspect: facts.pixelAspect,
			rotationDegrees: facts.rotationDegrees,
			frameCount: facts.frameCount,
			durationSeconds: facts.durationSeconds,
			frameRate: facts.frameRate,
			isVariableRate: facts.isVariableRate,
			codec: facts.codec,
			decoder: {
				name: decoderName,
				container: facts.container,
				codedWidth: facts.codedWidth,
				codedHeight: facts.codedHeight,
				keyframeCount: facts.keyframeCount,
				hasAudio: facts.hasAudio,
				colour: { ...facts.colour },
			},
			indexId: putBlob(db, index.toBytes()),
			environment: null,
			split: null,
			position: Math.max(-1, ...videos.map((video) => video.position)) + 1,
			notices: facts.notices,
			importedAtMillis: context.deps.now(),
		}),
	);
	startFullHash(context, { videoId: value, name, path });
	return value;
}

/** In the background; a project that is closed before goes without. Failures show when the source is next read. */
function startFullHash(context: ServiceContext, video: { videoId: number; name: string; path: string }): void {
	const { store } = context.project();
	context.jobs.start({
		method: 'video.hash',
		name: `Fingerprint ${video.name}`,
		run: async (job) => {
			const onProgress = (done: number, total: number): void => job.progress(done, total);
			const hash = await fullHash(video.path, { signal: job.signal, onProgress });
			if (readVideo(store.db, video.videoId)) {
				runCommand(store, (db) => setVideoColumns(db, video.videoId, { fullHash: hash }));
			}
		},
	});
}

/** "dog.mp4", then "dog (2).mp4": names tell videos apart in exports too. */
function freeName(name: string, taken: ReadonlySet<string>): string {
	const dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length;
	let candidate = name;
	for (let number = 2; taken.has(candidate); number++) {
		candidate = `${name.slice(0, dot)} (${number})${name.slice(dot)}`;
	}
	return candidate;
}
