import { untrack } from 'svelte';
import type { OpenVideo } from '../state/open-video.svelte.ts';
import type { Studio } from '../state/studio.svelte.ts';
import { FramePictures } from './frame-pictures.ts';
import { play } from './player.ts';

const slowMillis = 160;
const settledMillis = 180;
const masksAhead = 12;

/**
 * What is on the stage: the exact picture of the playhead's frame while paused, the playing picture while playing. The
 * masks that are drawn are those of `frameIndex`, which is the shown picture's, never the wished one's.
 */
export class ShownFrame {
	frameIndex = $state(-1);
	picture = $state.raw<CanvasImageSource | null>(null);
	/** Grows with every picture: a playing one is the same object with other pixels. */
	revision = $state(0);
	/** Why the frame cannot be shown. */
	problem = $state<string | null>(null);
	/** The exact picture lets wait. */
	isSlow = $state(false);
	readonly #studio: Studio;
	readonly #video: OpenVideo;
	readonly #pictures: FramePictures;
	/** The browser turned out not to play this source. */
	#isNative: boolean;

	constructor(studio: Studio, video: OpenVideo) {
		this.#studio = studio;
		this.#video = video;
		this.#pictures = new FramePictures(video.videoId);
		this.#isNative = video.info.kind === 'file' && video.info.source === 'ready';
		$effect(() => {
			const { frameIndex, isPlaying } = video;
			if (!isPlaying) {
				return untrack(() => this.#showExact(frameIndex));
			}
		});
		$effect(() => {
			if (video.isPlaying) {
				return untrack(() => this.#startPlaying());
			}
		});
	}

	dispose(): void {
		this.#video.isPlaying = false;
		this.#pictures.dispose();
	}

	#show(frameIndex: number, picture: CanvasImageSource): void {
		this.frameIndex = frameIndex;
		this.picture = picture;
		this.revision++;
		this.problem = null;
		this.#studio.view.isFrameShown = frameIndex === this.#video.frameIndex;
	}

	#showProblem(frameIndex: number, error: unknown): void {
		if (!(error instanceof DOMException)) {
			this.frameIndex = frameIndex;
			this.picture = null;
			this.problem = error instanceof Error ? error.message : String(error);
		}
	}

	#showExact(frameIndex: number): () => void {
		this.#studio.view.isFrameShown = this.frameIndex === frameIndex;
		void this.#video.masks.want(frameIndex);
		const slow = setTimeout(() => (this.isSlow = true), slowMillis);
		const done = () => {
			clearTimeout(slow);
			this.isSlow = false;
		};
		this.#pictures
			.show(frameIndex, (picture) => {
				this.#show(picture.frameIndex, picture.bitmap);
				if (picture.frameIndex === this.#video.frameIndex) {
					done();
				}
			})
			.catch((error: unknown) => {
				done();
				if (frameIndex === this.#video.frameIndex) {
					this.#showProblem(frameIndex, error);
				}
			});
		const settled = setTimeout(() => this.#prepare(frameIndex), settledMillis);
		return () => {
			clearTimeout(settled);
			clearTimeout(slow);
			this.isSlow = false;
		};
	}

	/** The hand rests: the frames beside it, and the model's features of this one, are made ready. */
	#prepare(frameIndex: number): void {
		const { info, videoId } = this.#video;
		for (const near of [frameIndex + 1, frameIndex - 1, frameIndex + 2]) {
			if (near >= 0 && near < info.frameCount) {
				this.#pictures.load(near).catch(() => undefined);
				void this.#video.masks.want(near);
			}
		}
		if (!this.#studio.isReadOnly) {
			// A courtesy: the click itself tells what is wrong.
			this.#studio.client.segment.prepare({ videoId, frameIndex }).catch(() => undefined);
		}
	}

	#startPlaying(): () => void {
		const stop = new AbortController();
		const { signal } = stop;
		void this.#play(signal)
			.catch((error: unknown) => {
				if (!signal.aborted) {
					this.#studio.messages.report(error);
				}
			})
			.finally(() => {
				if (!signal.aborted) {
					this.#video.isPlaying = false;
				}
			});
		return () => stop.abort();
	}

	async #play(signal: AbortSignal): Promise<void> {
		const video = this.#video;
		const show = (frameIndex: number, picture: CanvasImageSource) => {
			video.seek(frameIndex);
			this.#show(frameIndex, picture);
			for (let ahead = 0; ahead < masksAhead && frameIndex + ahead < video.info.frameCount; ahead++) {
				void video.masks.want(frameIndex + ahead);
			}
		};
		const showProblem = (frameIndex: number, error: unknown) => {
			video.seek(frameIndex);
			this.#showProblem(frameIndex, error);
		};
		const options = { pictures: this.#pictures, show, showProblem, signal };
		if ((await play(video, { ...options, isNative: this.#isNative })) === 'notPlayable') {
			this.#isNative = false;
			await play(video, { ...options, isNative: false });
		}
	}
}
