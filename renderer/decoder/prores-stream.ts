import { Decoder, Frame } from 'turbores';
import type { DecodedFrame, FeedRequest, FeedResult, StreamConfig } from '../../preload/rpc/decoder.ts';
import type { DecodeStream } from './page.ts';
import { planarFrame } from './planar-frame.ts';

type FourCc = 'ap4x' | 'ap4h' | 'apch' | 'apcn' | 'apcs' | 'apco';

export function isProres(config: StreamConfig): boolean {
	return /^(ap4x|ap4h|apch|apcn|apcs|apco)$/.test(config.codec);
}

/** Browsers have no ProRes: every packet is a picture of its own, decoded by WebAssembly. */
export class ProresStream implements DecodeStream {
	readonly #decoder: Decoder;

	private constructor(decoder: Decoder) {
		this.#decoder = decoder;
	}

	static async open(config: StreamConfig): Promise<ProresStream> {
		const useSharedMemory = Decoder.canUseSharedMemory();
		const decoder = await Decoder.create({ proresFourCc: config.codec as FourCc, useSharedMemory });
		if (decoder instanceof Error) {
			throw decoder;
		}
		return new ProresStream(decoder);
	}

	async feed({ packets, keepFrom, keepTo }: FeedRequest): Promise<FeedResult> {
		const result: FeedResult = { frames: [], passed: [], failure: null };
		const wanted = packets.filter(({ frameIndex }) => frameIndex >= keepFrom && frameIndex <= keepTo);
		const decoded = await Promise.all(wanted.map(async (packet) => this.#decode(packet.data, packet.frameIndex)));
		for (const [order, frame] of decoded.entries()) {
			// A broken packet touches no other: its frame does not come, the stream goes on.
			if (!(frame instanceof Error)) {
				result.frames.push(frame);
				result.passed.push(wanted[order]!.frameIndex);
			}
		}
		return result;
	}

	close(): void {
		void this.#decoder.close();
	}

	async #decode(data: Uint8Array, frameIndex: number): Promise<DecodedFrame | Error> {
		using frame = new Frame();
		const filled = await this.#decoder.decode(data, frame);
		if (filled instanceof Error) {
			return filled;
		}
		const videoFrame = new VideoFrame(filled.frameData as Uint8Array<ArrayBuffer>, {
			format: filled.pixelFormat as VideoPixelFormat,
			codedWidth: filled.codedWidth,
			codedHeight: filled.codedHeight,
			visibleRect: { x: 0, y: 0, width: filled.visibleWidth, height: filled.visibleHeight },
			timestamp: frameIndex,
			colorSpace: {
				matrix: (filled.colorMatrixString ?? null) as VideoMatrixCoefficients | null,
				fullRange: filled.colorRangeFull,
			},
		});
		try {
			return await planarFrame(videoFrame, frameIndex);
		} finally {
			videoFrame.close();
		}
	}
}
