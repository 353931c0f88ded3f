import { join } from 'node:path';
import { assert } from '../../../preload/common/assert.ts';
import { emptyRle, rleArea, rleToString } from '../../../preload/common/rle.ts';
import { createAtomicFile, publishAll, type AtomicFile } from '../atomic-file.ts';
import { floatText, listText, objectText, rleText } from '../json-text.ts';
import { createPace } from '../pace.ts';
import { countEditedEntries, layOut, refuseExisting, type Layout } from '../plan.ts';
import type { VideoRecord } from '../record.ts';
import type { WriteOptions, WritePlan, WriteResult } from '../write-options.ts';
import { StatisticsBuilder } from './statistics.ts';

type TrackType = 'manual' | 'auto';

/** What `writeSav` would write and say. @throws as `layOut` */
export async function planSav(record: VideoRecord, options: WriteOptions): Promise<WritePlan> {
	const layout = await layOut(record, options);
	const { holeCount } = layout;
	return {
		paths: typesOf(layout).map((type) => pathOf(type, layout, options)),
		frameIndexes: entryFrames(record, layout),
		holeCount,
		warnings: warningsOf(record, layout),
	};
}

/**
 * Writes `NAME_manual.json` and, where the record has automatic masklets, `NAME_auto.json`, with the keys, the order
 * and the number types of the files that SA-V ships. README.md says what stands where SA-V itself says nothing.
 *
 * Both files appear whole at the end, or nothing does (failure, abort).
 *
 * @throws export.*, file.exists, file.denied, disk.full
 */
export async function writeSav(record: VideoRecord, options: WriteOptions): Promise<WriteResult> {
	const layout = await layOut(record, options);
	const isForced = options.isForced ?? false;
	const types = typesOf(layout);
	const paths = types.map((type) => pathOf(type, layout, options));
	refuseExisting(paths, { isForced });
	const frameCount = entryFrames(record, layout).length;
	const result: WriteResult = { paths, warnings: warningsOf(record, layout), frameCount, maskCount: 0 };
	const files: AtomicFile[] = [];
	try {
		for (const [index, type] of types.entries()) {
			const file = await createAtomicFile(paths[index]!, { isForced });
			files.push(file);
			const writer = { record, layout, options, type, file, doneBefore: index * frameCount };
			const { maskCount, unmeasuredCount } = await writeFile(writer, frameCount * types.length);
			result.maskCount += maskCount;
			if (unmeasuredCount > 0) {
				result.warnings.push(`${unmeasuredCount} stability scores were never measured and stand as 0.0`);
			}
			await file.finish();
		}
		options.signal?.throwIfAborted();
		await publishAll(files, { isForced });
	} finally {
		await Promise.all(files.map((file) => file.discard()));
	}
	return result;
}

type FileJob = {
	record: VideoRecord;
	layout: Layout;
	options: WriteOptions;
	type: TrackType;
	file: AtomicFile;
	doneBefore: number;
};

async function writeFile(job: FileJob, total: number): Promise<{ maskCount: number; unmeasuredCount: number }> {
	const { record, layout, options, type, file } = job;
	const { video } = record;
	const pace = createPace(options.signal);
	const absent = rleText(video, rleToString(emptyRle(video)));
	const frames = entryFrames(record, layout);
	const members = layout.tracks.flatMap((track, index) =>
		track.type === type ? [{ track, lane: layout.lanes[index]!, statistics: new StatisticsBuilder(video) }] : [],
	);
	// [entries, objects]; an automatic file alone has them.
	const stability = new Float64Array(type === 'auto' ? frames.length * members.length : 0).fill(1);
	let maskCount = 0;
	let unmeasuredCount = 0;

	await file.write(`${headText(record, layout)}, "masklet": [`);
	for (let entry = 0; entry < frames.length; entry++) {
		const frameIndex = frames[entry]!;
		const isInRange = frameIndex >= layout.from && frameIndex < layout.to;
		const texts: string[] = [];
		for (const [index, { track, lane, statistics }] of members.entries()) {
			await pace();
			const found = isInRange && lane[frameIndex] !== 0 ? await record.maskAt(track.trackId, frameIndex) : null;
			const area = found === null ? 0 : rleArea(found.rle);
			statistics.add(area);
			if (found === null || area === 0) {
				texts.push(absent);
				continue;
			}
			const { rle } = found;
			assert(rle.width === video.width && rle.height === video.height, `mask of ${rle.width}x${rle.height}`);
			texts.push(rleText(rle, rleToString(rle)));
			maskCount++;
			if (type === 'auto') {
				stability[entry * members.length + index] = found.scores.stability ?? 0;
				unmeasuredCount += found.scores.stability === null ? 1 : 0;
			}
		}
		await file.write(`${entry === 0 ? '' : ', '}${listText(texts)}`);
		options.onProgress?.(job.doneBefore + entry + 1, total);
	}
	const results = members.map(({ lane, statistics }) => ({
		...statistics.result(),
		editedCount: type === 'auto' ? 0 : countEditedEntries(lane, layout),
	}));
	// The shipped manual file rounds to 10 digits and has floats where the automatic one has ints; so do we.
	const sizeText = (size: number) => floatText(type === 'manual' ? Math.round(size * 1e10) / 1e10 : size);
	const firstText = (entry: number) => (type === 'manual' ? floatText(entry) : String(entry));
	const tail = objectText([
		['masklet_id', listText(members.map((_, index) => String(index)))],
		['masklet_size_rel', listText(results.map(({ sizeRel }) => sizeText(sizeRel)))],
		['masklet_size_abs', listText(results.map(({ sizeAbs }) => sizeText(sizeAbs)))],
		['masklet_size_bucket', listText(results.map(({ sizeBucket }) => JSON.stringify(sizeBucket)))],
		['masklet_visibility_changes', listText(results.map(({ visibilityChanges }) => String(visibilityChanges)))],
		['masklet_first_appeared_frame', listText(results.map((result) => firstText(result.firstAppearedEntry)))],
		['masklet_frame_count', listText(members.map(() => String(frames.length)))],
		['masklet_edited_frame_count', listText(results.map(({ editedCount }) => String(editedCount)))],
		['masklet_type', listText(members.map(() => JSON.stringify(type)))],
	]);
	await file.write(`], ${tail.slice(1, -1)}, "masklet_stability_score": [`);
	if (type === 'manual') {
		await file.write(members.map(() => 'null').join(', '));
	} else {
		for (let entry = 0; entry < frames.length; entry++) {
			const row = stability.subarray(entry * members.length, (entry + 1) * members.length);
			await file.write(`${entry === 0 ? '' : ', '}${listText(Array.from(row, floatText))}`);
		}
	}
	await file.write(`], "masklet_num": ${members.length}}`);
	return { maskCount, unmeasuredCount };
}

/** The keys before `masklet`, without the closing brace. */
function headText({ video }: VideoRecord, layout: Layout): string {
	return objectText([
		['video_id', JSON.stringify(layout.stem)],
		['video_duration', floatText(video.durationSeconds)],
		['video_frame_count', floatText(video.frameCount)],
		['video_height', floatText(video.height)],
		['video_width', floatText(video.width)],
		['video_resolution', floatText(video.height * video.width)],
		['video_environment', JSON.stringify(video.environment ?? '')],
		['video_split', JSON.stringify(video.split ?? '')],
	]).slice(0, -1);
}

/** Frames 0, K, 2K ... of the whole video, also where only a range is exported: entry i is always frame iK. */
function entryFrames({ video }: VideoRecord, layout: Layout): Int32Array {
	return Int32Array.from({ length: Math.ceil(video.frameCount / layout.every) }, (_, entry) => entry * layout.every);
}

function typesOf(layout: Layout): TrackType[] {
	return (['manual', 'auto'] as const).filter((type) => layout.tracks.some((track) => track.type === type));
}

function pathOf(type: TrackType, layout: Layout, options: WriteOptions): string {
	return join(options.folder, `${layout.stem}_${type}.json`);
}

function warningsOf({ video }: VideoRecord, layout: Layout): string[] {
	const warnings = [...layout.warnings];
	if (layout.from > 0 || layout.to < video.frameCount) {
		warnings.push(`SA-V files cover the whole video; frames outside ${layout.from} to ${layout.to - 1} stand as empty`);
	}
	return warnings;
}
