import { StudioError, isStudioError } from '../../preload/common/studio-error.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import type { DecoderPage, FeedResult, StreamConfig } from '../../preload/rpc/decoder.ts';
import { openLink, type Link } from '../../preload/rpc/link.ts';
import type { MediaLog } from './media.ts';

/** One life of the decoder page. When it ends, its streams are gone and calls reject with `media.decoderLost`. */
export type DecoderSession = {
	/** Distinguishes the lives. */
	readonly number: number;
	feed: DecoderPage['feed'];
	openStream(config: StreamConfig): Promise<number>;
	closeStream(streamId: number): void;
	name: DecoderPage['name'];
	canDecode: DecoderPage['canDecode'];
};

export type DecoderConnection = {
	/** The page that runs, or a new one. */
	session(): Promise<DecoderSession>;
	/** Does something with the page; where the page dies under it, once more with a new one. */
	withRestart<T>(work: (session: DecoderSession) => Promise<T>): Promise<T>;
	close(): void;
};

/** A page that is silent for longer hangs; the longest decode of one feed takes a fraction of it. */
const silenceMillis = 60_000;

export function createDecoderConnection(options: {
	openDecoder: (signal?: AbortSignal) => Promise<Channel>;
	log: MediaLog;
}): DecoderConnection {
	const ending = new AbortController();
	let current: Promise<DecoderSession> | undefined;
	let currentLink: Link | undefined;
	let sessionCount = 0;

	const open = async (): Promise<DecoderSession> => {
		const channel = await options.openDecoder(ending.signal);
		const number = ++sessionCount;
		if (ending.signal.aborted) {
			channel.close();
			throw new StudioError('media.decoderLost');
		}
		const link = openLink(channel);
		currentLink = link;
		link.onClose(() => {
			if (current === opening) {
				current = undefined;
				if (!ending.signal.aborted) {
					options.log.warn('The video decoder stopped; the next picture starts it again');
				}
			}
		});
		const call = async (method: keyof DecoderPage, request?: unknown): Promise<unknown> => {
			const timer = setTimeout(() => link.close(), silenceMillis);
			try {
				return await link.call(method, request);
			} catch (error) {
				throw isStudioError(error, 'request.closed') ? new StudioError('media.decoderLost') : error;
			} finally {
				clearTimeout(timer);
			}
		};
		let streamCount = 0;
		return {
			number,
			feed: (request) => call('feed', request) as Promise<FeedResult>,
			async openStream(config) {
				const streamId = ++streamCount;
				await call('openStream', { streamId, config });
				return streamId;
			},
			closeStream: (streamId) => void call('closeStream', { streamId }).catch(() => {}),
			name: () => call('name') as Promise<string>,
			canDecode: (config) => call('canDecode', config) as Promise<boolean>,
		};
	};
	let opening: Promise<DecoderSession> | undefined;
	const session = (): Promise<DecoderSession> => {
		if (!current) {
			opening = open();
			current = opening;
			opening.catch(() => {
				current = undefined;
			});
		}
		return current;
	};
	return {
		session,
		async withRestart(work) {
			try {
				return await work(await session());
			} catch (error) {
				if (!isStudioError(error, 'media.decoderLost') || ending.signal.aborted) {
					throw error;
				}
				return work(await session());
			}
		},
		close() {
			ending.abort();
			currentLink?.close();
		},
	};
}
