import type { Channel } from '../../preload/rpc/channel.ts';
import type { MediaSource, ProbedMedia } from './media-source.ts';

/** Where the media part tells what a user would want to know; a pino logger fits. */
export type MediaLog = {
	info(message: string): void;
	warn(message: string): void;
	debug(message: string): void;
};

export type MediaOptions = {
	/**
	 * Opens a decoder page and gives the channel to it: a hidden window, or `launchDecoderPage` of `chromium/`. Called
	 * when the first frame of a file is needed, and once more where the page has died.
	 */
	openDecoder: (signal?: AbortSignal) => Promise<Channel>;
	/** Limit of the decoded pictures that are kept, over all sources. */
	cacheBytes: number;
	log: MediaLog;
};

export type Media = {
	/**
	 * Facts and frame index of a file or of a folder of JPEG or PNG pictures. Throws a `media.*` or `file.*` error with
	 * the way out where it is no video that can be decoded here.
	 */
	probe(path: string, options?: { signal?: AbortSignal; onProgress?: (frames: number) => void }): Promise<ProbedMedia>;
	/** Opens a video; `known` (facts and index of an earlier probe of the same bytes) spares the walk of its packets. */
	open(path: string, options?: { signal?: AbortSignal; known?: ProbedMedia }): Promise<MediaSource>;
	/** Bytes of decoded pictures held now, never over `cacheBytes`. */
	cachedBytes(): number;
	/** Closes every source and the decoder page. */
	close(): Promise<void>;
};
