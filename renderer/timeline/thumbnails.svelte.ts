import { framePath } from '../../preload/contract/video.ts';

const maxSide = 128;
const mostKept = 240;
const restMillis = 250;

/** Small pictures of a video's frames: read one at a time, so that they never keep the stage waiting. */
export class Thumbnails {
	#urls = $state.raw<ReadonlyMap<number, string>>(new Map());
	readonly #videoId: number;
	readonly #abort = new AbortController();
	readonly #failed = new Set<number>();
	#wanted: readonly number[] = [];
	#isBusy = false;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(videoId: number) {
		this.#videoId = videoId;
	}

	/** A frame's picture, or the nearest that is here, so that zooming never shows a bare strip. */
	url(frame: number): string | null {
		const exact = this.#urls.get(frame);
		if (exact !== undefined) {
			return exact;
		}
		let nearest: string | null = null;
		let distance = Infinity;
		for (const [known, url] of this.#urls) {
			if (Math.abs(known - frame) < distance) {
				distance = Math.abs(known - frame);
				nearest = url;
			}
		}
		return nearest;
	}

	/** The frames that show now; those wished before and not read are forgotten. */
	want(frames: readonly number[]): void {
		this.#wanted = frames;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#read(), restMillis);
	}

	dispose(): void {
		clearTimeout(this.#timer);
		this.#abort.abort();
		this.#urls.forEach((url) => URL.revokeObjectURL(url));
	}

	async #read(): Promise<void> {
		if (this.#isBusy) {
			return;
		}
		this.#isBusy = true;
		for (;;) {
			const next = this.#wanted.find((frame) => !this.#urls.has(frame) && !this.#failed.has(frame));
			if (next === undefined || this.#abort.signal.aborted) {
				break;
			}
			await this.#fetch(next);
		}
		this.#isBusy = false;
	}

	async #fetch(frame: number): Promise<void> {
		try {
			const path = framePath(this.#videoId, frame, { maxSide });
			const response = await fetch(path, { signal: this.#abort.signal, priority: 'low' });
			if (!response.ok) {
				this.#failed.add(frame);
				return;
			}
			const url = URL.createObjectURL(await response.blob());
			const kept = [...this.#urls, [frame, url] as const];
			kept.slice(0, -mostKept).forEach(([, old]) => URL.revokeObjectURL(old));
			this.#urls = new Map(kept.slice(-mostKept));
		} catch {
			// The stage tells what is wrong with a frame; here it stays blank.
			this.#failed.add(frame);
		}
	}
}
