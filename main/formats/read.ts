import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../preload/common/studio-error.ts';
import { cocoSource } from './coco/read.ts';
import { readMaskFolder } from './png/read-folder.ts';
import { isRecord, readJson } from './read-json.ts';
import type { MaskletSource } from './record.ts';
import { savSource } from './sav/read.ts';

export type ReadOptions = {
	/** NAME of the video where the folder has several. */
	video?: string;
	signal?: AbortSignal;
};

/** Names of annotation files in a folder, in the order in which one is taken. */
const fileKinds = ['_manual.json', '_coco.json', '_auto.json'] as const;

/**
 * Reads the masks of one video from SA-V JSON, COCO JSON, or a folder: of these files (`NAME_manual.json` goes before
 * `NAME_coco.json` before `NAME_auto.json`; each may be missing) or of PNG masks (see `png/read-folder.ts`). What a file
 * is, its content tells.
 *
 * @throws file.notFound, format.notJson, format.unknown, format.invalid, format.videoNeeded, mask.*
 */
export async function readMasklets(path: string, options: ReadOptions = {}): Promise<MaskletSource> {
	const found = await stat(path).catch((error: unknown) => {
		throw new StudioError('file.notFound', { path }, { cause: error });
	});
	if (!found.isDirectory()) {
		return readFileMasklets(path, options);
	}
	const file = await findFile(path, options.video);
	return file === null ? readMaskFolder(path, options) : readFileMasklets(file, options);
}

async function readFileMasklets(path: string, options: ReadOptions): Promise<MaskletSource> {
	const value = await readJson(path, options.signal);
	if (isRecord(value) && 'masklet' in value) {
		return savSource(value, path);
	}
	if (isRecord(value) && 'annotations' in value) {
		return cocoSource(value, path);
	}
	throw new StudioError('format.unknown', { path });
}

/** The annotation file of the video in a folder; null where the folder has none. */
async function findFile(folder: string, video: string | undefined): Promise<string | null> {
	const names = new Set(await readdir(folder));
	const stems = [
		...new Set(
			[...names].flatMap((name) => {
				const kind = fileKinds.find((ending) => name.endsWith(ending));
				return kind ? [name.slice(0, -kind.length)] : [];
			}),
		),
	].sort();
	if (stems.length === 0) {
		return null;
	}
	const stem = video ?? (stems.length === 1 ? stems[0]! : null);
	const kind = stem === null ? undefined : fileKinds.find((ending) => names.has(stem + ending));
	if (kind === undefined) {
		throw new StudioError('format.videoNeeded', { names: stems, video: video ?? null, path: folder });
	}
	return join(folder, stem + kind);
}
