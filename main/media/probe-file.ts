import type { EncodedPacketSink } from 'mediabunny';
import { StudioError } from '../../preload/common/studio-error.ts';
import { colourFacts } from './colour.ts';
import { FrameIndex, type PacketEntry } from './frame-index.ts';
import type { MediaFacts, ProbedMedia } from './media-source.ts';
import { asMediaError } from './file-errors.ts';
import { openVideoFile, type VideoFile } from './video-file.ts';

export type ProbeOptions = {
	signal?: AbortSignal | undefined;
	/** Frames found so far; a long file takes seconds. */
	onProgress?: ((frames: number) => void) | undefined;
};

/** Facts and frame index of a file, from its container alone: nothing is decoded. */
export async function probeFile(path: string, options: ProbeOptions = {}): Promise<ProbedMedia> {
	using file = await openVideoFile(path);
	try {
		const index = await readFrameIndex(file, options);
		if (index.frameCount === 0) {
			throw new StudioError('media.noFrames', { path });
		}
		return { facts: await fileFacts(file, index), index };
	} catch (error) {
		throw asMediaError(error, path);
	}
}

/** Walks the packets in decode order without their data. */
async function readFrameIndex(file: VideoFile, { signal, onProgress }: ProbeOptions): Promise<FrameIndex> {
	const packets: PacketEntry[] = [];
	let endSeconds = 0;
	// VP8 has packets that are decoded and not shown; only their first bit tells.
	const metadataOnly = file.codec !== 'vp8';
	for await (const packet of packetsOf(file.sink(), metadataOnly)) {
		const isShown = packet.timestamp >= 0 && (metadataOnly || (packet.data[0]! & 0x10) !== 0);
		packets.push({ timestampSeconds: packet.timestamp, isKey: packet.type === 'key', isShown });
		endSeconds = Math.max(endSeconds, packet.timestamp + packet.duration);
		if (packets.length % 1000 === 0) {
			signal?.throwIfAborted();
			onProgress?.(packets.length);
			// The demuxer answers from memory for long stretches; others get their turn.
			await new Promise(setImmediate);
		}
	}
	signal?.throwIfAborted();
	return FrameIndex.fromPackets(packets, endSeconds);
}

function packetsOf(sink: EncodedPacketSink, metadataOnly: boolean) {
	return sink.packets(undefined, undefined, { metadataOnly });
}

async function fileFacts(file: VideoFile, index: FrameIndex): Promise<MediaFacts> {
	const { track, config } = file;
	const rotationDegrees = await track.getRotation();
	const isSideways = rotationDegrees % 180 !== 0;
	const aspect = await track.getPixelAspectRatio();
	const pixelAspect = aspect.num / aspect.den;
	const colour = colourFacts(await track.getColorSpace(), config.codedHeight);
	const notices: string[] = [];
	if (file.cutOff) {
		notices.push(`The file is cut off (${file.cutOff}): frames at its end cannot be read`);
	}
	if (await track.hasHighDynamicRange()) {
		notices.push('The video has a high dynamic range; its colours are shown as they are stored, so they look flat');
	}
	return {
		path: file.path,
		kind: 'file',
		container: file.container,
		codec: codecName(file.codec),
		width: isSideways ? config.codedHeight : config.codedWidth,
		height: isSideways ? config.codedWidth : config.codedHeight,
		codedWidth: config.codedWidth,
		codedHeight: config.codedHeight,
		rotationDegrees,
		// Of the upright picture: a turn by a quarter swaps the sides of a pixel too.
		pixelAspect: isSideways ? 1 / pixelAspect : pixelAspect,
		...rateFacts(index),
		frameCount: index.frameCount,
		keyframeCount: index.keyPositions.length,
		sizeBytes: file.sizeBytes,
		hasAudio: file.hasAudio,
		colour,
		notices,
	};
}

/** Mean rate, duration, and whether frames are held for different times. */
function rateFacts({
	ptsSeconds,
	endSeconds,
}: FrameIndex): Pick<MediaFacts, 'durationSeconds' | 'frameRate' | 'isVariableRate'> {
	const count = ptsSeconds.length;
	const first = ptsSeconds[0]!;
	const last = ptsSeconds[count - 1]!;
	const durationSeconds = Math.max(endSeconds, last) - first;
	if (count === 1) {
		return { durationSeconds, frameRate: durationSeconds > 0 ? 1 / durationSeconds : 0, isVariableRate: false };
	}
	const meanSeconds = (last - first) / (count - 1);
	let widest = 0;
	for (let frameIndex = 1; frameIndex < count; frameIndex++) {
		const deviation = Math.abs(ptsSeconds[frameIndex]! - ptsSeconds[frameIndex - 1]! - meanSeconds);
		widest = Math.max(widest, deviation);
	}
	// Matroska rounds times to milliseconds, which is no variable rate.
	return {
		durationSeconds,
		frameRate: meanSeconds > 0 ? 1 / meanSeconds : 0,
		isVariableRate: widest > Math.max(0.0015, meanSeconds * 0.1),
	};
}

export function codecName(codec: string): string {
	return codecNames[codec] ?? codec.toUpperCase();
}

const codecNames: { [codec: string]: string } = {
	avc: 'H.264',
	hevc: 'HEVC',
	prores: 'ProRes',
	mpeg4: 'MPEG-4',
};
