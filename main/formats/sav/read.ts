import { basename } from 'node:path';
import { rleFromString } from '../../../preload/common/rle.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import { readJson } from '../read-json.ts';
import type { MaskletSource, SourceTrack } from '../record.ts';
import { findSavProblems, type SavFile } from './validate.ts';

/** One of `NAME_manual.json` and `NAME_auto.json`. @throws file.notFound, format.notJson, format.invalid */
export async function readSav(path: string, options: { signal?: AbortSignal } = {}): Promise<MaskletSource> {
	return savSource(await readJson(path, options.signal), path);
}

/** The content of a file, parsed. Masks are decoded as they are asked for. @throws format.invalid; mask.malformed later */
export function savSource(value: unknown, path: string): MaskletSource {
	const problems = findSavProblems(value);
	if (problems.length > 0) {
		throw new StudioError('format.invalid', { format: 'SA-V JSON', problems, path });
	}
	const file = value as SavFile;
	const size = { width: file.video_width, height: file.video_height };
	const { every, warnings } = stepOf(file);
	return {
		name: file.video_id || basename(path).replace(/_(manual|auto)\.json$/i, ''),
		path,
		...size,
		frameCount: file.video_frame_count,
		frameIndexes: Int32Array.from(file.masklet, (_, entry) => entry * every),
		tracks: file.masklet_id.map((sourceId, index) => trackOf(file, sourceId, index)),
		warnings,
		maskAt(trackIndex, frameIndex) {
			const mask = frameIndex % every === 0 ? file.masklet[frameIndex / every]?.[trackIndex] : undefined;
			return mask === undefined ? null : rleFromString(size, mask.counts);
		},
		close() {},
	};
}

function trackOf(file: SavFile, sourceId: number, index: number): SourceTrack {
	return {
		sourceId,
		name: file.masklet_name?.[index] ?? null,
		label: null,
		type: file.masklet_type[index] === 'auto' ? 'auto' : 'manual',
		editedFrameCount: file.masklet_edited_frame_count[index]!,
	};
}

/**
 * The file does not say how many frames lie between two entries; their numbers do. SA-V's own 4 goes first where
 * several steps fit (very short videos).
 */
function stepOf(file: SavFile): { every: number; warnings: string[] } {
	const entryCount = file.masklet.length;
	const frameCount = file.video_frame_count;
	const fits = (every: number) => Math.ceil(frameCount / every) === entryCount;
	if (entryCount === 0 || fits(4)) {
		return { every: 4, warnings: [] };
	}
	const guess = Math.max(1, Math.floor(frameCount / entryCount));
	const every = [guess - 1, guess, guess + 1].find((step) => step >= 1 && fits(step));
	if (every !== undefined) {
		return { every, warnings: [] };
	}
	const nearest = Math.max(1, Math.round(frameCount / entryCount));
	return {
		every: nearest,
		warnings: [
			`${entryCount} entries do not fit ${frameCount} frames evenly; one entry every ${nearest} frames is assumed`,
		],
	};
}
