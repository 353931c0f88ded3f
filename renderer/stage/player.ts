import { playbackPath } from '../../preload/contract/video.ts';
import type { OpenVideo } from '../state/open-video.svelte.ts';
import { frameAtMediaTime, mediaTimeInFrame } from './frame-clock.ts';
import type { FramePictures } from './frame-pictures.ts';

type Show = (frameIndex: number, picture: CanvasImageSource) => void;
type ShowProblem = (frameIndex: number, error: unknown) => void;

const prefetchedFrames = 6;
const openMillis = 4_000;

/**
 * Plays a video until stopped: through a `<video>` where the browser can play the source, else picture by picture.
 * Each shown frame is told with what to draw, so that picture and masks are of one frame.
 */
export async function play(
	video: OpenVideo,
	options: { pictures: FramePictures; show: Show; showProblem: ShowProblem; signal: AbortSignal; isNative: boolean },
): Promise<'ended' | 'notPlayable'> {
	const lastFrame = lastOf(video);
	if (options.isNative) {
		return playNative(video, { ...options, lastFrame });
	}
	await playPictures(video, { ...options, lastFrame });
	return 'ended';
}

/** Inside the in/out range playing ends with it. */
function lastOf(video: OpenVideo): number {
	const { range, frameIndex, info } = video;
	const isInRange = range !== null && frameIndex >= range.from && frameIndex < range.to - 1;
	return isInRange ? range.to - 1 : info.frameCount - 1;
}

type Run = { show: Show; signal: AbortSignal; lastFrame: number };

async function playNative(video: OpenVideo, run: Run): Promise<'ended' | 'notPlayable'> {
	const { signal, lastFrame } = run;
	const element = document.createElement('video');
	element.muted = true;
	element.playsInline = true;
	element.preload = 'auto';
	element.src = playbackPath(video.videoId);
	try {
		await openedAt(element, mediaTimeInFrame(video.ptsSeconds, video.frameIndex), signal);
		await element.play();
	} catch {
		release(element);
		return signal.aborted ? 'ended' : 'notPlayable';
	}
	return new Promise((resolve) => {
		const end = (how: 'ended' | 'notPlayable') => {
			element.pause();
			// The stage draws this element until the exact picture is there.
			setTimeout(() => release(element), 1_500);
			resolve(how);
		};
		const presented = (_now: number, metadata: VideoFrameCallbackMetadata) => {
			if (signal.aborted) {
				return;
			}
			const frame = Math.min(lastFrame, frameAtMediaTime(video.ptsSeconds, metadata.mediaTime));
			run.show(frame, element);
			if (frame >= lastFrame) {
				end('ended');
			} else {
				element.requestVideoFrameCallback(presented);
			}
		};
		signal.addEventListener('abort', () => end('ended'), { once: true });
		element.addEventListener('ended', () => end('ended'), { once: true });
		element.addEventListener('error', () => end(signal.aborted ? 'ended' : 'notPlayable'), { once: true });
		element.requestVideoFrameCallback(presented);
	});
}

/**
 * Every frame in turn: in time where pictures come fast enough, else as fast as they come; none is left out, and one
 * that cannot be read is told and does not end the rest.
 */
async function playPictures(
	video: OpenVideo,
	run: Run & { pictures: FramePictures; showProblem: ShowProblem },
): Promise<void> {
	const { pictures, signal, lastFrame } = run;
	for (let frame = video.frameIndex + 1; frame <= lastFrame && !signal.aborted; frame++) {
		const startedAtMillis = performance.now();
		for (let ahead = 1; ahead <= prefetchedFrames && frame + ahead <= lastFrame; ahead++) {
			pictures.load(frame + ahead).catch(() => undefined);
		}
		const bitmap = await pictures.load(frame).catch((error: unknown) => {
			run.showProblem(frame, error);
			return null;
		});
		const dueMillis = 1000 * ((video.ptsSeconds[frame] ?? 0) - (video.ptsSeconds[frame - 1] ?? 0));
		await pause(Math.max(0, dueMillis - (performance.now() - startedAtMillis)), signal);
		if (!signal.aborted && bitmap) {
			run.show(frame, bitmap);
		}
	}
}

function openedAt(element: HTMLVideoElement, timeSeconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error('the browser took too long to open the source')), openMillis);
		const done = (act: () => void) => () => {
			clearTimeout(timer);
			act();
		};
		element.addEventListener('loadedmetadata', () => (element.currentTime = timeSeconds), { once: true });
		element.addEventListener('seeked', done(resolve), { once: true });
		element.addEventListener(
			'error',
			done(() => reject(element.error ?? new Error('not playable'))),
			{ once: true },
		);
		signal.addEventListener(
			'abort',
			done(() => reject(signal.reason)),
			{ once: true },
		);
	});
}

function release(element: HTMLVideoElement): void {
	element.removeAttribute('src');
	element.load();
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, millis);
		signal.addEventListener(
			'abort',
			() => {
				clearTimeout(timer);
				resolve();
			},
			{ once: true },
		);
	});
}
