import { EncodedPacketSink, FilePathSource, Input, MATROSKA, MP4, QTFF, WEBM } from 'mediabunny';
import type { InputVideoTrack } from 'mediabunny';
import { StudioError } from '../../preload/common/studio-error.ts';
import type { StreamConfig } from '../../preload/rpc/decoder.ts';
import { withReorderDepth } from './avc-config.ts';
import { describeContainer } from './container.ts';
import { asMediaError } from './file-errors.ts';

/** An open file with its video track. `Symbol.dispose` closes it. */
export type VideoFile = {
	path: string;
	sizeBytes: number;
	container: string;
	track: InputVideoTrack;
	/** mediabunny's short name: `avc`, `hevc`, `vp8`, `vp9`, `av1`, `prores`. */
	codec: string;
	config: StreamConfig;
	hasAudio: boolean;
	/** Why the file's end is missing; its frames up to there can be read. */
	cutOff: string | null;
	sink(): EncodedPacketSink;
	[Symbol.dispose](): void;
};

/** Opens the first video track of a file, or says why there is none that can be read. */
export async function openVideoFile(path: string): Promise<VideoFile> {
	const { sizeBytes, cutOff } = await describeContainer(path);
	const source = new FilePathSource(path, { maxCacheSize: readCacheBytes, handleUnhandledError: () => {} });
	const input = new Input({ source, formats: [MP4, QTFF, MATROSKA, WEBM] });
	try {
		const container = containerNames[(await input.getFormat()).name] ?? (await input.getFormat()).name;
		const track = await input.getPrimaryVideoTrack();
		const hasAudio = (await input.getPrimaryAudioTrack()) !== null;
		if (!track) {
			if (cutOff) {
				throw new StudioError('media.truncated', { path, reason: cutOff });
			}
			throw new StudioError('media.noVideo', { path });
		}
		const codec = await track.getCodec();
		const config = await track.getDecoderConfig();
		if (!codec || !config) {
			const name = String((await track.getInternalCodecId()) ?? 'An unknown kind of');
			throw new StudioError('media.codecUnsupported', { path, codec: name });
		}
		return {
			path,
			sizeBytes,
			container,
			track,
			codec,
			config: {
				codec: config.codec,
				codedWidth: await track.getCodedWidth(),
				codedHeight: await track.getCodedHeight(),
				description: config.description ? decoderDescription(codec, bytesOf(config.description)) : null,
			},
			hasAudio,
			cutOff,
			sink: () => new EncodedPacketSink(track),
			[Symbol.dispose]: () => input.dispose(),
		};
	} catch (error) {
		input.dispose();
		throw asMediaError(error, path);
	}
}

/** The same for a file of a minute and of an hour. */
const readCacheBytes = 4 << 20;

const containerNames: { [name: string]: string } = {
	'QuickTime File Format': 'MOV',
	Matroska: 'MKV',
};

function decoderDescription(codec: string, description: Uint8Array): Uint8Array {
	return codec === 'avc' ? withReorderDepth(description) : description;
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
	return ArrayBuffer.isView(source)
		? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
		: new Uint8Array(source).slice();
}
