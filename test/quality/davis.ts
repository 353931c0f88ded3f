import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { decode } from 'fast-png';
import sharp from 'sharp';
import type { Mask, RgbPicture } from '../../preload/common/picture.ts';

/** The sequences of DAVIS 2016 (val, 480p) beside the project; their annotations are one mask a frame. */
const root = resolve(import.meta.dirname, '../../../shared/data/davis');

export const hasDavis = existsSync(root);

export const davisSequences = ['blackswan', 'camel', 'car-shadow', 'dog', 'libby', 'parkour'];

/** Names of a sequence's frames, in order. */
export function davisFrames(sequence: string): string[] {
	return readdirSync(`${root}/JPEGImages/480p/${sequence}`)
		.sort()
		.map((file) => file.replace('.jpg', ''));
}

export async function davisPicture(sequence: string, frame: string): Promise<RgbPicture> {
	const { data, info } = await sharp(`${root}/JPEGImages/480p/${sequence}/${frame}.jpg`)
		.removeAlpha()
		.raw()
		.toBuffer({ resolveWithObject: true });
	return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

export function davisTruth(sequence: string, frame: string): Mask {
	const { data, width, height } = decode(readFileSync(`${root}/Annotations/480p/${sequence}/${frame}.png`));
	const channels = data.length / (width * height);
	const mask = Uint8Array.from({ length: width * height }, (_, at) => (data[at * channels]! > 0 ? 1 : 0));
	return { width, height, data: mask };
}
