import { framePath } from '../../preload/contract/video.ts';

export type FramePicture = { frameIndex: number; bitmap: ImageBitmap };

const keptBytes = 256 * 1024 * 1024;

/**
 * Exact pictures of a video's frames. One is asked for at a time and the newest wish wins, so that scrubbing shows what
 * it passes and never builds a queue. Pictures are kept within a byte limit.
 */
export class FramePictures {
	readonly #videoId: number;
	readonly #kept = new Map<number, ImageBitmap>();
	readonly #loading = new Map<number, Promise<ImageBitmap>>();
	readonly #abort = new AbortController();
	#keptBytes = 0;
	#wanted: number | null = null;
	#isBusy = false;

	constructor(videoId: number) {
		this.#videoId = videoId;
	}

	/** The picture if it is here; nothing is asked for. */
	ready(frameIndex: number): ImageBitmap | null {
		const bitmap = this.#kept.get(frameIndex) ?? null;
		if (bitmap) {
			this.#kept.delete(frameIndex);
			this.#kept.set(frameIndex, bitmap);
		}
		return bitmap;
	}

	/** Shows each picture as it comes until the newest wish is met. */
	async show(frameIndex: number, onPicture: (picture: FramePicture) => void): Promise<void> {
		this.#wanted = frameIndex;
		const here = this.ready(frameIndex);
		if (here) {
			onPicture({ frameIndex, bitmap: here });
			return;
		}
		if (this.#isBusy) {
			return;
		}
		this.#isBusy = true;
		try {
			let shown: number | null = null;
			while (this.#wanted !== null && shown !== this.#wanted) {
				const next: number = this.#wanted;
				const bitmap = await this.load(next);
				if (this.#abort.signal.aborted) {
					return;
				}
				onPicture({ frameIndex: next, bitmap });
				shown = next;
			}
		} finally {
			this.#isBusy = false;
		}
	}

	/** The picture, read if it has to be. */
	load(frameIndex: number): Promise<ImageBitmap> {
		const here = this.ready(frameIndex);
		if (here) {
			return Promise.resolve(here);
		}
		const loading = this.#loading.get(frameIndex) ?? this.#fetch(frameIndex);
		this.#loading.set(frameIndex, loading);
		return loading;
	}

	dispose(): void {
		this.#abort.abort();
		this.#wanted = null;
		this.#kept.forEach((bitmap) => bitmap.close());
		this.#kept.clear();
	}

	async #fetch(frameIndex: number): Promise<ImageBitmap> {
		try {
			const response = await fetch(framePath(this.#videoId, frameIndex), { signal: this.#abort.signal });
			if (!response.ok) {
				throw new Error(await sentenceOf(response, frameIndex));
			}
			const bitmap = await createImageBitmap(await response.blob());
			this.#keep(frameIndex, bitmap);
			return bitmap;
		} finally {
			this.#loading.delete(frameIndex);
		}
	}

	#keep(frameIndex: number, bitmap: ImageBitmap): void {
		if (this.#abort.signal.aborted) {
			bitmap.close();
			return;
		}
		this.#kept.set(frameIndex, bitmap);
		this.#keptBytes += bitmap.width * bitmap.height * 4;
		for (const [oldest, old] of this.#kept) {
			if (this.#keptBytes <= keptBytes || this.#kept.size <= 3) {
				break;
			}
			this.#kept.delete(oldest);
			this.#keptBytes -= old.width * old.height * 4;
			// The stage may still draw it; the garbage collector takes it.
		}
	}
}

/** The service answers with a sentence where it can. */
async function sentenceOf(response: Response, frameIndex: number): Promise<string> {
	const text = await response.text().catch(() => '');
	try {
		const { message } = JSON.parse(text) as { message?: unknown };
		if (typeof message === 'string') {
			return message;
		}
	} catch {
		// Not JSON: the text itself may be the sentence.
	}
	return text.length > 0 && text.length < 400 && !text.startsWith('<')
		? text
		: `Frame ${frameIndex} could not be read (${response.status}). Step on, or check the source file`;
}
