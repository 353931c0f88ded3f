import { readFile } from 'node:fs/promises';
import { decode } from 'fast-png';
import type { Mask } from '../../../preload/common/picture.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';

/** A PNG as labels: row-major, one value a pixel, 0 the background. A palette picture's values are its indexes. */
export type LabelPicture = { width: number; height: number; labels: Uint16Array; isPalette: boolean };

/**
 * Reads one object's mask: every pixel that is not black (and not fully transparent) is inside. For `--mask FILE.png`.
 *
 * @throws file.notFound, mask.unreadable
 */
export async function readMaskPng(path: string): Promise<Mask> {
	const { width, height, labels } = await readLabelPng(path);
	return { width, height, data: insideOf(labels, null) };
}

/**
 * Reads labels of any PNG: grey of 1 to 16 bits and palettes as they are; of colour pictures, 1 where not black.
 *
 * @throws file.notFound, mask.unreadable
 */
export async function readLabelPng(path: string): Promise<LabelPicture> {
	const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
		throw error.code === 'ENOENT'
			? new StudioError('file.notFound', { path }, { cause: error })
			: new StudioError('file.denied', { path, reason: error.code ?? error.message }, { cause: error });
	});
	return decodeLabels(bytes, path);
}

export function decodeLabels(bytes: Uint8Array, path: string): LabelPicture {
	let png: ReturnType<typeof decode>;
	try {
		png = decode(bytes);
	} catch (error) {
		const reason = bytes.length === 0 ? 'it is empty' : error instanceof Error ? error.message : String(error);
		throw new StudioError('mask.unreadable', { reason, path }, { cause: error });
	}
	const { width, height, channels, depth, data } = png;
	const labels = new Uint16Array(width * height);
	if (depth < 8) {
		unpack(labels, data as Uint8Array, { width, height, depth });
	} else if (channels === 1) {
		labels.set(data);
	} else {
		const hasAlpha = channels % 2 === 0;
		const colours = hasAlpha ? channels - 1 : channels;
		for (let pixel = 0, at = 0; pixel < labels.length; pixel++, at += channels) {
			let isBlack = true;
			for (let channel = 0; channel < colours; channel++) {
				isBlack &&= data[at + channel] === 0;
			}
			labels[pixel] = isBlack || (hasAlpha && data[at + colours] === 0) ? 0 : 1;
		}
	}
	return { width, height, labels, isPalette: png.palette !== undefined };
}

/** 1 where a pixel has the label, or any label where none is named. */
export function insideOf(labels: Uint16Array, label: number | null): Uint8Array {
	const data = new Uint8Array(labels.length);
	for (let at = 0; at < data.length; at++) {
		const value = labels[at]!;
		data[at] = value === (label ?? value) && value !== 0 ? 1 : 0;
	}
	return data;
}

/** Rows of packed pixels, the first in the high bits, each row on a byte of its own (PNG, section 7.2). */
function unpack(
	labels: Uint16Array,
	data: Uint8Array,
	{ width, height, depth }: { width: number; height: number; depth: number },
): void {
	const rowBytes = Math.ceil((width * depth) / 8);
	const inByte = 8 / depth;
	const low = (1 << depth) - 1;
	for (let row = 0, at = 0; row < height; row++) {
		for (let column = 0; column < width; column++, at++) {
			const byte = data[row * rowBytes + Math.floor(column / inByte)]!;
			labels[at] = (byte >> (8 - depth * ((column % inByte) + 1))) & low;
		}
	}
}
