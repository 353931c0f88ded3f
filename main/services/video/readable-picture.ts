import type { MediaSource } from '../../media/media-source.ts';
import type { RgbPicture } from '../../../preload/common/picture.ts';
import { isStudioError } from '../../../preload/common/studio-error.ts';

/**
 * The picture for a run: where a broken file has none for this frame, that of the nearest readable frame before it, else
 * after it, so that the frames that can be read keep their run. The source's `unreadableFrames` tells which were held.
 *
 * @throws media.frameUnreadable where no frame of the file can be read
 */
export async function readablePicture(
	source: MediaSource,
	frameIndex: number,
	signal: AbortSignal,
): Promise<RgbPicture> {
	try {
		return await source.picture(frameIndex, { signal });
	} catch (error) {
		if (!isStudioError(error, 'media.frameUnreadable')) {
			throw error;
		}
		const { frameCount } = source.facts;
		for (let distance = 1; distance < frameCount; distance++) {
			// All earlier frames before the later ones, nearest first.
			const candidate = distance <= frameIndex ? frameIndex - distance : distance;
			const picture = await source.picture(candidate, { signal }).catch((other: unknown) => {
				if (isStudioError(other, 'media.frameUnreadable')) {
					return null;
				}
				throw other;
			});
			if (picture) {
				return picture;
			}
		}
		throw error;
	}
}
