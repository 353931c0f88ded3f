import { StudioError } from '../../preload/common/studio-error.ts';
import { createDecoderConnection, type DecoderConnection } from './decoder-connection.ts';
import { FileSource } from './file-source.ts';
import { FolderSource } from './folder-source.ts';
import { FrameCache } from './frame-cache.ts';
import type { Media, MediaOptions } from './media.ts';
import type { MediaSource, ProbedMedia } from './media-source.ts';
import { pictureNames, probeFolder } from './picture-folder.ts';
import { codecName, probeFile, type ProbeOptions } from './probe-file.ts';
import { statPath } from './file-errors.ts';
import { openVideoFile, type VideoFile } from './video-file.ts';

/** The media part: one decoder page and one frame cache for every source. */
export function createMedia({ openDecoder, cacheBytes, log }: MediaOptions): Media {
	const connection = createDecoderConnection({ openDecoder, log });
	const cache = new FrameCache(cacheBytes);
	const sources = new Set<MediaSource>();
	let sourceCount = 0;

	const openSource = async (path: string, options: ProbeOptions & { known?: ProbedMedia | undefined }) => {
		const key = String(++sourceCount);
		const { isFolder, sizeBytes } = await statPath(path);
		const { known } = options;
		if (isFolder) {
			const names = await pictureNames(path);
			const probed = known ?? (await probeFolder(path, options));
			if (names.length !== probed.facts.frameCount) {
				throw new StudioError('media.changed', { path });
			}
			return new FolderSource({ names, probed, key, cache });
		}
		if (known && known.facts.sizeBytes !== sizeBytes) {
			throw new StudioError('media.changed', { path });
		}
		const probed = known ?? (await probeFile(path, options));
		const file = await openVideoFile(path);
		try {
			await requireDecodable(file, connection);
			options.signal?.throwIfAborted();
			const isFlipped = await file.track.getFlip();
			return new FileSource({ file, isFlipped, probed, key, cache, connection });
		} catch (error) {
			file[Symbol.dispose]();
			throw error;
		}
	};

	return {
		async probe(path, options = {}) {
			const { isFolder } = await statPath(path);
			if (isFolder) {
				return probeFolder(path, options);
			}
			// First whether it can be decoded at all, as the walk of a long file takes its time.
			{
				using file = await openVideoFile(path);
				if (!isPlain(file)) {
					await requireDecodable(file, connection);
				}
			}
			return probeFile(path, options);
		},
		async open(path, options = {}) {
			const source = await openSource(path, options);
			sources.add(source);
			const close = source.close.bind(source);
			source.close = async () => {
				sources.delete(source);
				await close();
			};
			return source;
		},
		cachedBytes: () => cache.heldBytes,
		async close() {
			// The page first: what is under way then ends at once.
			connection.close();
			await Promise.all([...sources].map((source) => source.close()));
		},
	};
}

/** Codecs that every Chromium decodes in software, so that a probe needs none to run. */
function isPlain({ config }: VideoFile): boolean {
	// H.264 baseline, main, extended, high and high 10; VP9 and AV1 of profile 0; ProRes by our own decoder.
	return /^(avc[13]\.(42|4d|58|64|6e)|vp8|vp09\.00|av01\.0|ap4[xh]|apc[hnso])/i.test(config.codec);
}

async function requireDecodable(file: VideoFile, connection: DecoderConnection): Promise<void> {
	const canDecode = await connection.withRestart((session) => session.canDecode(file.config));
	if (!canDecode) {
		throw new StudioError('media.codecUnsupported', { path: file.path, codec: codecName(file.codec) });
	}
}
