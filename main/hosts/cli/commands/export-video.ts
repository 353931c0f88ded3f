import { resolve } from 'node:path';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import type { ExportFormat } from '../../../../preload/contract/export.ts';
import type { FrameRange } from '../../../../preload/contract/define.ts';
import type { VideoInfo } from '../../../../preload/contract/video.ts';
import type { Studio } from '../studio.ts';

export type ExportVideoOptions = {
	out: string;
	format: ExportFormat[];
	every: number;
	frames?: 'jpg' | 'png' | 'none';
	range?: FrameRange;
	force?: boolean;
	strict?: boolean;
};

/**
 * Exports one video, or all without one, in each format. With `isPlanOnly` nothing is written: files that are there are
 * refused. With `isAfterCancel` the interrupt that stopped the work before does not stop the export of its part.
 */
export async function exportVideo(
	studio: Studio,
	request: { video: VideoInfo | null; options: ExportVideoOptions; isPlanOnly: boolean; isAfterCancel?: boolean },
): Promise<{ files: string[]; warnings: string[] }> {
	const { video, options, isPlanOnly } = request;
	const files: string[] = [];
	const warnings: string[] = [];
	for (const [index, format] of options.format.entries()) {
		const wanted = {
			format,
			folder: resolve(options.out),
			every: options.every,
			// The pictures are the same for every format: written once.
			frames: index === 0 ? (options.frames ?? 'none') : 'none',
			isForced: options.force ?? false,
			isStrict: options.strict ?? false,
			...(options.range ? { range: options.range } : {}),
			...(video ? { videoIds: [video.videoId] } : {}),
		};
		if (isPlanOnly) {
			const plan = await studio.client.export.plan(wanted);
			const taken = plan.files.find((file) => file.isThere);
			if (taken && !options.force) {
				throw new StudioError('file.exists', { path: taken.path });
			}
		} else {
			const { result } = await studio.run<{ files: string[]; warnings: string[] } | null>(
				() => studio.client.export.start(wanted),
				{ isAfterCancel: request.isAfterCancel ?? false },
			);
			if (!result) {
				throw new StudioError('request.cancelled');
			}
			files.push(...result.files);
			warnings.push(...result.warnings);
		}
	}
	return { files, warnings };
}
