import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compare } from 'natural-orderby';
import sharp from 'sharp';
import { StudioError } from '../../preload/common/studio-error.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import { pictureOf } from './encode-picture.ts';
import { FrameIndex } from './frame-index.ts';
import type { MediaFacts, ProbedMedia } from './media-source.ts';
import type { ProbeOptions } from './probe-file.ts';
import { asMediaError } from './file-errors.ts';

/** Pictures carry no times: a folder plays at the rate at which SA-V and DAVIS publish theirs. */
export const folderFrameRate = 24;

/** Names of the pictures in a folder in natural order: `2.png` before `10.png`. Files that start with a dot are not. */
export async function pictureNames(path: string): Promise<string[]> {
	try {
		const entries = await readdir(path, { withFileTypes: true });
		const names = entries.filter((entry) => !entry.isDirectory() && /^[^.].*\.(jpe?g|png)$/i.test(entry.name));
		const inOrder = compare();
		return names.map((entry) => entry.name).sort((a, b) => inOrder(a, b) || (a < b ? -1 : 1));
	} catch (error) {
		throw asMediaError(error, path);
	}
}

/** Facts and index of a folder of pictures, which must all have one size: only their heads are read. */
export async function probeFolder(path: string, { signal, onProgress }: ProbeOptions = {}): Promise<ProbedMedia> {
	const names = await pictureNames(path);
	if (names.length === 0) {
		throw new StudioError('media.noPictures', { path });
	}
	let first: { width: number; height: number } | undefined;
	let sizeBytes = 0;
	for (let start = 0; start < names.length; start += headsAtOnce) {
		signal?.throwIfAborted();
		const batch = names.slice(start, start + headsAtOnce);
		const heads = await Promise.all(batch.map((name) => pictureHead(join(path, name))));
		for (const [order, head] of heads.entries()) {
			first ??= head;
			if (head.width !== first.width || head.height !== first.height) {
				throw new StudioError('media.mixedSizes', {
					path,
					first: `${first.width}x${first.height}`,
					other: `${head.width}x${head.height}`,
					otherName: batch[order]!,
				});
			}
			sizeBytes += head.sizeBytes;
		}
		onProgress?.(start + batch.length);
	}
	const { width, height } = first!;
	return { facts: folderFacts({ path, names, sizeBytes, width, height }), index: folderIndex(names.length) };
}

export async function readPicture(path: string): Promise<RgbPicture> {
	try {
		const image = sharp(path, { autoOrient: true, limitInputPixels: false, failOn: 'error' });
		const { data, info } = await image
			.toColourspace('srgb')
			.flatten({ background: '#000000' })
			.raw({ depth: 'uchar' })
			.toBuffer({ resolveWithObject: true });
		if (info.channels !== 3) {
			throw new Error(`it has ${info.channels} channels`);
		}
		return pictureOf(data, info);
	} catch (error) {
		throw brokenPicture(error, path);
	}
}

const headsAtOnce = 16;

async function pictureHead(path: string): Promise<{ width: number; height: number; sizeBytes: number }> {
	try {
		const [{ autoOrient }, { size }] = await Promise.all([sharp(path).metadata(), stat(path)]);
		return { width: autoOrient.width, height: autoOrient.height, sizeBytes: size };
	} catch (error) {
		throw brokenPicture(error, path);
	}
}

function brokenPicture(error: unknown, path: string): StudioError {
	const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
	return new StudioError('media.pictureBroken', { path, reason }, { cause: error });
}

function folderFacts(found: {
	path: string;
	names: string[];
	sizeBytes: number;
	width: number;
	height: number;
}): MediaFacts {
	const { path, names, sizeBytes, width, height } = found;
	const pngCount = names.filter((name) => /\.png$/i.test(name)).length;
	return {
		path,
		kind: 'folder',
		container: 'folder',
		codec: pngCount === 0 ? 'JPEG' : pngCount === names.length ? 'PNG' : 'JPEG and PNG',
		width,
		height,
		codedWidth: width,
		codedHeight: height,
		rotationDegrees: 0,
		pixelAspect: 1,
		frameCount: names.length,
		durationSeconds: names.length / folderFrameRate,
		frameRate: folderFrameRate,
		isVariableRate: false,
		keyframeCount: names.length,
		sizeBytes,
		hasAudio: false,
		colour: { matrix: 'rgb', range: 'full', isAssumed: false },
		notices: [],
	};
}

function folderIndex(count: number): FrameIndex {
	const packets = Array.from({ length: count }, (_, frameIndex) => ({
		timestampSeconds: frameIndex / folderFrameRate,
		isKey: true,
		isShown: true,
	}));
	return FrameIndex.fromPackets(packets, count / folderFrameRate);
}
