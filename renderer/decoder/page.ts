import { assert } from '../../preload/common/assert.ts';
import type { DecoderPage, FeedRequest, FeedResult, StreamConfig } from '../../preload/rpc/decoder.ts';
import type { Answer } from '../../preload/rpc/link.ts';
import { isProres, ProresStream } from './prores-stream.ts';
import { webCodecsConfig, WebCodecsStream } from './webcodecs-stream.ts';

/** A decoder that packets are fed to in decode order and that gives frames back as they come. */
export interface DecodeStream {
	feed(request: FeedRequest): Promise<FeedResult>;
	close(): void;
}

/** Answers the calls of the Node side by name. */
export function answerDecoderCalls(): Answer {
	const page = createDecoderPage();
	return (method, input) => {
		assert(Object.hasOwn(page, method), `the decoder page has no method ${method}`);
		return page[method as 'feed'](input as FeedRequest);
	};
}

function createDecoderPage(): DecoderPage {
	const streams = new Map<number, DecodeStream>();
	const close = (streamId: number) => {
		streams.get(streamId)?.close();
		streams.delete(streamId);
	};
	return {
		name: async () => browserName(),
		canDecode: async (config) => isProres(config) || (await canBrowserDecode(config)),
		async openStream({ streamId, config }) {
			assert(!streams.has(streamId), `stream ${streamId} is open already`);
			streams.set(streamId, isProres(config) ? await ProresStream.open(config) : new WebCodecsStream(config));
		},
		async feed(request) {
			const stream = streams.get(request.streamId);
			assert(stream, `stream ${request.streamId} is not open`);
			const result = await stream.feed(request);
			if (result.failure !== null) {
				close(request.streamId);
			}
			return result;
		},
		closeStream: async ({ streamId }) => close(streamId),
	};
}

async function canBrowserDecode(config: StreamConfig): Promise<boolean> {
	try {
		return (await VideoDecoder.isConfigSupported(webCodecsConfig(config))).supported === true;
	} catch {
		// A codec string that the browser does not even know.
		return false;
	}
}

function browserName(): string {
	const match = /(?:Electron|Edg|Chrome|HeadlessChrome)\/[\d.]+/.exec(navigator.userAgent);
	return match ? match[0].replace('/', ' ') : navigator.userAgent;
}
