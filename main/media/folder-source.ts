import { join } from 'node:path';
import sharp from 'sharp';
import { StudioError, isStudioError } from '../../preload/common/studio-error.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import type { DecodedFrame } from '../../preload/rpc/decoder.ts';
import { scaledPicture } from './encode-picture.ts';
import type { FrameCache } from './frame-cache.ts';
import type { FrameIndex } from './frame-index.ts';
import type { MediaFacts, MediaSource, PictureOptions, ProbedMedia } from './media-source.ts';
import { readPicture } from './picture-folder.ts';

/** A folder of pictures as a video. Every picture stands for itself, so there is nothing to run through. */
export class FolderSource implements MediaSource {
	readonly facts: MediaFacts;
	readonly index: FrameIndex;
	readonly #names: string[];
	readonly #key: string;
	readonly #cache: FrameCache;
	readonly #reading = new Map<number, Promise<RgbPicture>>();
	readonly #unreadable = new Set<number>();
	#isClosed = false;

	constructor(options: { names: string[]; probed: ProbedMedia; key: string; cache: FrameCache }) {
		this.#names = options.names;
		this.#key = options.key;
		this.#cache = options.cache;
		this.facts = options.probed.facts;
		this.index = options.probed.index;
	}

	async picture(frameIndex: number, { signal, maxSide }: PictureOptions = {}): Promise<RgbPicture> {
		if (!Number.isInteger(frameIndex) || frameIndex < 0 || frameIndex >= this.#names.length) {
			throw new StudioError('project.frameOutside', { frameIndex, frameCount: this.#names.length });
		}
		signal?.throwIfAborted();
		const cached = this.#cache.get(this.#key, frameIndex);
		// A caller may write to its picture: the cache keeps its own.
		const picture = cached ? { ...cached, data: cached.data.slice() } : await this.#read(frameIndex);
		signal?.throwIfAborted();
		const { width, height, data } = picture;
		return maxSide === undefined ? { width, height, data } : scaledPicture({ width, height, data }, maxSide);
	}

	unreadableFrames(): number[] {
		return [...this.#unreadable].sort((a, b) => a - b);
	}

	async check({ signal, onProgress }: Parameters<MediaSource['check']>[0] & object = {}): Promise<number[]> {
		for (const frameIndex of this.#names.keys()) {
			signal?.throwIfAborted();
			await this.#read(frameIndex).catch((error: unknown) => {
				if (!isStudioError(error, 'media.frameUnreadable')) {
					throw error;
				}
			});
			onProgress?.(frameIndex + 1, this.#names.length);
		}
		return this.unreadableFrames();
	}

	decoderName(): Promise<string> {
		return Promise.resolve(`libvips ${sharp.versions.vips}`);
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		await Promise.allSettled(this.#reading.values());
		this.#cache.dropSource(this.#key);
	}

	async #read(frameIndex: number): Promise<RgbPicture> {
		let reading = this.#reading.get(frameIndex);
		if (!reading) {
			reading = this.#readFile(frameIndex).finally(() => this.#reading.delete(frameIndex));
			this.#reading.set(frameIndex, reading);
		}
		const picture = await reading;
		return { ...picture, data: picture.data.slice() };
	}

	async #readFile(frameIndex: number): Promise<RgbPicture> {
		const { path, width, height } = this.facts;
		let picture: RgbPicture;
		try {
			picture = await readPicture(join(path, this.#names[frameIndex]!));
		} catch (error) {
			this.#unreadable.add(frameIndex);
			throw new StudioError('media.frameUnreadable', { path, frameIndex }, { cause: error });
		}
		if (picture.width !== width || picture.height !== height) {
			throw new StudioError('media.changed', { path });
		}
		if (!this.#isClosed) {
			const frame: DecodedFrame = { ...picture, frameIndex, layout: 'RGB', matrix: null, isFullRange: null };
			this.#cache.set(this.#key, frame);
		}
		return picture;
	}
}
