import { readMaskPng } from '../../../formats/png/mask-png.ts';
import { encodeRle, rleToBytes } from '../../../../preload/common/rle.ts';
import type { Mask } from '../../../../preload/common/picture.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import type { FrameMask } from '../../../../preload/contract/track.ts';
import type { VideoInfo } from '../../../../preload/contract/video.ts';
import type { ObjectArgument } from '../object-options.ts';
import type { Studio } from '../studio.ts';

/**
 * Gives a track the prompts of the command line and waits for its mask.
 *
 * @throws where a coordinate is outside the picture, a mask is of another size, or the model fails
 */
export async function applyPrompts(
	studio: Studio,
	target: { video: VideoInfo; trackId: number; object: ObjectArgument },
): Promise<FrameMask> {
	const { video, trackId, object } = target;
	const { frameIndex } = object;
	if (frameIndex >= video.frameCount) {
		throw new StudioError('project.frameOutside', { frameIndex, frameCount: video.frameCount });
	}
	const settled = nextSettled(studio, { videoId: video.videoId, trackId, frameIndex });
	try {
		for (const prompt of object.prompts) {
			if (prompt.kind === 'maskFile') {
				const mask = rleToBytes(encodeRle(await maskOfVideo(prompt.path, video)));
				await studio.client.annotate.addPrompt({
					trackId,
					frameIndex,
					prompt: { kind: 'mask', mask, origin: 'given' },
				});
			} else {
				await studio.client.annotate.addPrompt({ trackId, frameIndex, prompt });
			}
		}
		return await settled.wait();
	} finally {
		settled.stop();
	}
}

/** @throws annotate.maskSize where the picture has another size than the video */
async function maskOfVideo(path: string, video: VideoInfo): Promise<Mask> {
	const mask = await readMaskPng(path);
	const { width, height } = video;
	if (mask.width !== width || mask.height !== height) {
		throw new StudioError('annotate.maskSize', { width, height, reason: `${path} is ${mask.width}x${mask.height}` });
	}
	return mask;
}

/** Waits until no model mask is pending on a frame. */
function nextSettled(
	studio: Studio,
	place: { videoId: number; trackId: number; frameIndex: number },
): { wait: () => Promise<FrameMask>; stop: () => void } {
	const { promise, resolve, reject } = Promise.withResolvers<FrameMask>();
	promise.catch(() => undefined);
	const look = async (): Promise<void> => {
		const masks = await studio.client.track.frame(place);
		const mask = masks.find((candidate) => candidate.trackId === place.trackId);
		if (mask && !mask.isPending) {
			resolve(mask);
		}
	};
	const stops = [
		studio.client.on('store.changed', () => void look().catch(reject)),
		studio.client.on('warning', (warning) => {
			if (warning.code === 'annotate.maskFailed') {
				reject(new StudioError(warning.code, warning.data as { reason: string }));
			}
		}),
	];
	const cancel = (): void => reject(new StudioError('request.cancelled'));
	studio.signal.addEventListener('abort', cancel);
	return {
		wait: async () => {
			await look();
			return promise;
		},
		stop: () => {
			stops.forEach((stop) => stop());
			studio.signal.removeEventListener('abort', cancel);
		},
	};
}
