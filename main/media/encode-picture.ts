import sharp from 'sharp';
import type { RgbPicture } from '../../preload/common/picture.ts';

export type EncodeOptions = {
	/** Scales down so that neither side is longer. */
	maxSide?: number;
	/** Of JPEG, 1 to 100; 90 without it. */
	quality?: number;
};

/** A picture as the bytes of a JPEG (4:4:4, so that thin colours stay) or a PNG (lossless). */
export async function encodePicture(
	picture: RgbPicture,
	format: 'jpg' | 'png',
	{ maxSide, quality = 90 }: EncodeOptions = {},
): Promise<Uint8Array> {
	const image = scaled(picture, maxSide);
	const encoded =
		format === 'jpg'
			? image.jpeg({ quality, chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0' })
			: image.png({ compressionLevel: 6 });
	const buffer = await encoded.toBuffer();
	return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** The picture scaled down so that neither side is longer than `maxSide`; itself where it is not. */
export async function scaledPicture(picture: RgbPicture, maxSide: number): Promise<RgbPicture> {
	if (Math.max(picture.width, picture.height) <= maxSide) {
		return picture;
	}
	const { data, info } = await scaled(picture, maxSide).raw().toBuffer({ resolveWithObject: true });
	return pictureOf(data, info);
}

/** The picture stretched to a size. */
export async function stretchedPicture(picture: RgbPicture, width: number, height: number): Promise<RgbPicture> {
	const { data, info } = await scaled(picture)
		.resize(width, height, { fit: 'fill' })
		.raw()
		.toBuffer({ resolveWithObject: true });
	return pictureOf(data, info);
}

export function pictureOf(data: Buffer, { width, height }: { width: number; height: number }): RgbPicture {
	return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function scaled({ width, height, data }: RgbPicture, maxSide?: number) {
	const image = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
	return maxSide === undefined
		? image
		: image.resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true, fastShrinkOnLoad: false });
}
