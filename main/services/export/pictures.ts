import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pictureName } from '../../formats/file-names.ts';
import { encodePicture } from '../../media/index.ts';
import { isStudioError } from '../../../preload/common/studio-error.ts';
import type { ServiceContext } from '../context.ts';
import { fileError, makeFolder } from '../host/browse.ts';
import type { JobHandle } from '../job/jobs.ts';

/**
 * Writes the pictures of the exported frames into `FOLDER/STEM`. They are written into a folder beside it that takes the
 * name once it is whole; a failed export leaves nothing half.
 *
 * @returns the folder
 */
export async function exportPictures(
	context: ServiceContext,
	request: {
		videoId: number;
		folder: string;
		stem: string;
		frameIndexes: Int32Array;
		format: 'jpg' | 'png';
		isForced: boolean;
		job: JobHandle;
	},
): Promise<string> {
	const { folder, stem, frameIndexes, format, job } = request;
	const { sources } = context.project();
	const scratch = join(folder, `.${stem}.partial`);
	const target = join(folder, stem);
	await rm(scratch, { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
		throw fileError(error, scratch);
	});
	await makeFolder(join(scratch, stem));
	try {
		await sources.use(request.videoId, async (source) => {
			for (const [done, frameIndex] of frameIndexes.entries()) {
				job.signal.throwIfAborted();
				const picture = await source.picture(frameIndex, { signal: job.signal }).catch((error: unknown) => {
					if (isStudioError(error, 'media.frameUnreadable')) {
						job.warn(`${error.message}. It has no picture in the export`);
						return null;
					}
					throw error;
				});
				if (!picture) {
					continue;
				}
				const path = join(scratch, pictureName(stem, frameIndex, format));
				const bytes = await encodePicture(picture, format);
				await writeFile(path, bytes).catch((error: NodeJS.ErrnoException) => {
					throw fileError(error, path);
				});
				job.progress(done + 1, frameIndexes.length, `pictures of ${stem}`);
			}
		});
		if (request.isForced) {
			await rm(target, { recursive: true, force: true });
		}
		await rename(join(scratch, stem), target);
	} finally {
		await rm(scratch, { recursive: true, force: true });
	}
	return target;
}
