import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { encodeRle, emptyRle, type Rle } from '../../../preload/common/rle.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import { createPace } from '../pace.ts';
import type { MaskletSource, SourceTrack } from '../record.ts';
import { insideOf, readLabelPng, type LabelPicture } from './mask-png.ts';

export type FolderOptions = { video?: string; signal?: AbortSignal };

/**
 * Reads a folder of PNG masks:
 * - `DIR/00000.png ...`: one picture a frame; 0 and another value is one object, more values (a palette, DAVIS) one
 *   object a value. 255 in a picture of several objects is "do not judge" and no object.
 * - `DIR/OBJECT/00000.png ...`: a folder an object (SA-V's val and test layout).
 * - with `video`: `DIR/Annotations/480p/VIDEO`, `DIR/Annotations/VIDEO`, `DIR/480p/VIDEO`, `DIR/VIDEO` (DAVIS, MOSE).
 *
 * The number at the end of a file's name is its frame index; where a name has none, the order of names counts.
 *
 * @throws format.unknown, format.videoNeeded, mask.size, mask.unreadable
 */
export async function readMaskFolder(path: string, options: FolderOptions = {}): Promise<MaskletSource> {
	const folder = await findSequence(path, options.video);
	const pictures = await picturesIn(folder);
	if (pictures.size > 0) {
		return readLabelFolder(folder, pictures, options);
	}
	return readObjectFolders(folder, path, options);
}

/** Goes down to the folder of the sequence. */
async function findSequence(path: string, video: string | undefined): Promise<string> {
	if (video !== undefined) {
		for (const parts of [['Annotations', '480p'], ['Annotations'], ['480p'], []]) {
			const candidate = join(path, ...parts, video);
			if (await isFolder(candidate)) {
				return candidate;
			}
		}
	}
	for (const parts of [['Annotations', '480p'], ['Annotations'], ['480p']]) {
		const layout = join(path, ...parts);
		if (await isFolder(layout)) {
			return onlyFolderIn(layout, video);
		}
	}
	return ['Annotations', '480p'].includes(basename(path)) ? onlyFolderIn(path, video) : path;
}

async function onlyFolderIn(layout: string, video: string | undefined): Promise<string> {
	const names = await foldersIn(layout);
	if (names.length !== 1 || video !== undefined) {
		throw new StudioError('format.videoNeeded', { names, video: video ?? null, path: layout });
	}
	return join(layout, names[0]!);
}

async function readLabelFolder(
	folder: string,
	pictures: Map<number, string>,
	{ signal }: FolderOptions,
): Promise<MaskletSource> {
	const pace = createPace(signal);
	const values = new Set<number>();
	let size: { width: number; height: number } | null = null;
	for (const path of pictures.values()) {
		await pace();
		const picture = await readLabelPng(path);
		size = sameSize(size, picture, path);
		collectLabels(values, picture.labels);
	}
	if (values.size > 1) {
		values.delete(255);
	}
	// A sequence without a pixel set is one object that is never there.
	const labels = values.size === 0 ? [1] : [...values].sort((a, b) => a - b);
	let last: { path: string; picture: LabelPicture } | null = null;
	return {
		...sourceOf(folder, size!, pictures.keys()),
		tracks: labels.map((label) => trackOf(labels.length === 1 ? 1 : label, null)),
		async maskAt(trackIndex, frameIndex): Promise<Rle | null> {
			const path = pictures.get(frameIndex);
			if (path === undefined) {
				return null;
			}
			// The objects of a frame come one after the other.
			if (last?.path !== path) {
				last = { path, picture: await readLabelPng(path) };
			}
			const { picture } = last;
			const data = insideOf(picture.labels, labels[trackIndex]!);
			return encodeRle({ width: picture.width, height: picture.height, data });
		},
	};
}

function collectLabels(values: Set<number>, labels: Uint16Array): void {
	let last = 0;
	for (let at = 0; at < labels.length; at++) {
		// Neighbours are mostly alike; the set is asked where they are not.
		if (labels[at] !== last) {
			last = labels[at]!;
			if (last !== 0) {
				values.add(last);
			}
		}
	}
}

async function readObjectFolders(folder: string, path: string, { signal }: FolderOptions): Promise<MaskletSource> {
	const pace = createPace(signal);
	const objects: { name: string; pictures: Map<number, string> }[] = [];
	for (const name of await foldersIn(folder)) {
		await pace();
		const pictures = await picturesIn(join(folder, name));
		if (pictures.size > 0) {
			objects.push({ name, pictures });
		}
	}
	if (objects.length === 0) {
		throw new StudioError('format.unknown', { path });
	}
	const first = [...objects[0]!.pictures.values()][0]!;
	const { width, height } = await readLabelPng(first);
	const size = { width, height };
	const frames = new Set(objects.flatMap(({ pictures }) => [...pictures.keys()]));
	return {
		...sourceOf(folder, size, frames),
		tracks: objects.map(({ name }, index) => trackOf(/^\d+$/.test(name) ? Number(name) : index, name)),
		async maskAt(trackIndex, frameIndex): Promise<Rle | null> {
			const { pictures } = objects[trackIndex]!;
			const picturePath = pictures.get(frameIndex);
			if (picturePath === undefined) {
				// Some writers leave out the pictures of an object that is absent.
				return frames.has(frameIndex) ? emptyRle(size) : null;
			}
			const picture = await readLabelPng(picturePath);
			sameSize(size, picture, picturePath);
			return encodeRle({ ...size, data: insideOf(picture.labels, null) });
		},
	};
}

function sourceOf(
	folder: string,
	size: { width: number; height: number },
	frames: Iterable<number>,
): Omit<MaskletSource, 'tracks' | 'maskAt'> {
	return {
		name: basename(folder),
		path: folder,
		width: size.width,
		height: size.height,
		frameCount: null,
		frameIndexes: Int32Array.from(frames).sort(),
		warnings: [],
		close() {},
	};
}

function trackOf(sourceId: number, name: string | null): SourceTrack {
	return { sourceId, name, label: null, type: 'manual', editedFrameCount: null };
}

function sameSize(
	size: { width: number; height: number } | null,
	{ width, height }: LabelPicture,
	path: string,
): { width: number; height: number } {
	if (size !== null && (size.width !== width || size.height !== height)) {
		throw new StudioError('mask.size', { width, height, expectedWidth: size.width, expectedHeight: size.height, path });
	}
	return { width, height };
}

/** Frame index -> path. */
async function picturesIn(folder: string): Promise<Map<number, string>> {
	const entries = await readdir(folder, { withFileTypes: true });
	const names = entries
		.filter((entry) => entry.isFile() && /\.png$/i.test(entry.name) && !entry.name.startsWith('.'))
		.map((entry) => entry.name)
		.sort(new Intl.Collator('en', { numeric: true }).compare);
	const numbers = names.map((name) => Number(/(\d+)\.png$/i.exec(name)?.[1] ?? Number.NaN));
	const areNumbered = new Set(numbers).size === names.length && !numbers.some(Number.isNaN);
	return new Map(names.map((name, order) => [areNumbered ? numbers[order]! : order, join(folder, name)]));
}

async function foldersIn(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { withFileTypes: true });
	return entries
		.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
		.map((entry) => entry.name)
		.sort(new Intl.Collator('en', { numeric: true }).compare);
}

async function isFolder(path: string): Promise<boolean> {
	return stat(path).then(
		(found) => found.isDirectory(),
		() => false,
	);
}
