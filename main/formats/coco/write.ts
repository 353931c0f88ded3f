import { join } from 'node:path';
import { assert, present } from '../../../preload/common/assert.ts';
import { rleArea, rleBounds, rleToString } from '../../../preload/common/rle.ts';
import { createAtomicFile, publishAll } from '../atomic-file.ts';
import { pictureName } from '../file-names.ts';
import { floatText, listText, objectText, rleText } from '../json-text.ts';
import { createPace } from '../pace.ts';
import { layOut, refuseExisting, type Layout } from '../plan.ts';
import type { VideoRecord } from '../record.ts';
import type { WriteOptions, WritePlan, WriteResult } from '../write-options.ts';
import { categoriesOf, categoryName } from './categories.ts';

/** What `writeCoco` would write and say. @throws as `layOut` */
export async function planCoco(record: VideoRecord, options: WriteOptions): Promise<WritePlan> {
	const layout = await layOut(record, options);
	const { holeCount, warnings } = layout;
	return { paths: [pathOf(layout, options)], frameIndexes: framesOf(layout), holeCount, warnings };
}

/**
 * Writes `NAME_coco.json`: an image for every exported frame, an annotation for every visible mask. README.md has the
 * fields beyond COCO's own, and why `iscrowd` is 0.
 *
 * The file appears whole at the end, or nothing does (failure, abort).
 *
 * @throws export.*, file.exists, file.denied, disk.full
 */
export async function writeCoco(record: VideoRecord, options: WriteOptions): Promise<WriteResult> {
	const layout = await layOut(record, options);
	const isForced = options.isForced ?? false;
	const path = pathOf(layout, options);
	refuseExisting([path], { isForced });
	const frames = framesOf(layout);
	const file = await createAtomicFile(path, { isForced });
	try {
		await file.write(headText(record, layout));
		await file.write(', "images": [');
		for (const [index, frameIndex] of frames.entries()) {
			const text = imageText({ record, layout, options, frameIndex, imageId: index + 1 });
			await file.write(`${index === 0 ? '' : ', '}${text}`);
		}
		await file.write('], "annotations": [');
		const maskCount = await writeAnnotations({ record, layout, options, frames, write: (text) => file.write(text) });
		const categories = categoriesOf(layout.tracks).map(({ id, name, supercategory }) =>
			objectText([
				['id', String(id)],
				['name', JSON.stringify(name)],
				['supercategory', JSON.stringify(supercategory)],
			]),
		);
		await file.write(`], "categories": ${listText(categories)}, "tracks": ${listText(trackTexts(layout))}}`);
		await file.finish();
		options.signal?.throwIfAborted();
		await publishAll([file], { isForced });
		return { paths: [path], warnings: layout.warnings, frameCount: frames.length, maskCount };
	} finally {
		await file.discard();
	}
}

type AnnotationJob = {
	record: VideoRecord;
	layout: Layout;
	options: WriteOptions;
	frames: Int32Array;
	write: (text: string) => Promise<void>;
};

async function writeAnnotations({ record, layout, options, frames, write }: AnnotationJob): Promise<number> {
	const { video } = record;
	const pace = createPace(options.signal);
	const categoryIds = new Map(categoriesOf(layout.tracks).map(({ id, name }) => [name, id]));
	let annotationId = 0;
	for (const [imageIndex, frameIndex] of frames.entries()) {
		for (const [index, track] of layout.tracks.entries()) {
			await pace();
			const found = layout.lanes[index]![frameIndex] === 0 ? null : await record.maskAt(track.trackId, frameIndex);
			const area = found === null ? 0 : rleArea(found.rle);
			if (found === null || area === 0) {
				continue;
			}
			const { rle } = found;
			assert(rle.width === video.width && rle.height === video.height, `mask of ${rle.width}x${rle.height}`);
			annotationId++;
			const text = objectText([
				['id', String(annotationId)],
				['image_id', String(imageIndex + 1)],
				['category_id', String(present(categoryIds.get(categoryName(track)), 'category'))],
				['segmentation', rleText(rle, rleToString(rle))],
				['area', String(area)],
				['bbox', listText(rleBounds(rle).map(floatText))],
				['iscrowd', '0'],
				['track_id', String(track.trackId)],
				['track_name', JSON.stringify(track.name)],
				['frame_index', String(frameIndex)],
			]);
			await write(`${annotationId === 1 ? '' : ', '}${text}`);
		}
		options.onProgress?.(imageIndex + 1, frames.length);
	}
	return annotationId;
}

/** `info` and `licenses`, without the closing brace; nothing in it depends on the clock, so exports can be compared. */
function headText({ video }: VideoRecord, layout: Layout): string {
	const info = objectText([
		['description', JSON.stringify(`Masks of ${video.name}`)],
		['version', '"1.0"'],
		['contributor', '"Masklet"'],
		['video_name', JSON.stringify(layout.stem)],
		['video_frame_count', String(video.frameCount)],
		['video_frame_rate', floatText(video.frameRate)],
		['every', String(layout.every)],
	]);
	return `{"info": ${info}, "licenses": []`;
}

type ImageJob = { record: VideoRecord; layout: Layout; options: WriteOptions; frameIndex: number; imageId: number };

function imageText({ record, layout, options, frameIndex, imageId }: ImageJob): string {
	const { video } = record;
	return objectText([
		['id', String(imageId)],
		['file_name', JSON.stringify(pictureName(layout.stem, frameIndex, options.pictureExtension))],
		['width', String(video.width)],
		['height', String(video.height)],
		['frame_index', String(frameIndex)],
		['pts_seconds', floatText(present(video.ptsSeconds[frameIndex], `time of frame ${frameIndex}`))],
	]);
}

/** Every object, also one that is never visible and so has no annotation. */
function trackTexts(layout: Layout): string[] {
	const categoryIds = new Map(categoriesOf(layout.tracks).map(({ id, name }) => [name, id]));
	return layout.tracks.map((track) =>
		objectText([
			['id', String(track.trackId)],
			['name', JSON.stringify(track.name)],
			['category_id', String(present(categoryIds.get(categoryName(track)), 'category'))],
			['type', JSON.stringify(track.type)],
		]),
	);
}

/** Frames 0, K, 2K ... that lie in the range. */
function framesOf(layout: Layout): Int32Array {
	const first = Math.ceil(layout.from / layout.every);
	const end = Math.ceil(layout.to / layout.every);
	return Int32Array.from({ length: Math.max(0, end - first) }, (_, index) => (first + index) * layout.every);
}

function pathOf(layout: Layout, options: WriteOptions): string {
	return join(options.folder, `${layout.stem}_coco.json`);
}
