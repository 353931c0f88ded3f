import { basename } from 'node:path';
import { uniteRles } from '../../../preload/common/mask-algebra.ts';
import { emptyRle, type Rle } from '../../../preload/common/rle.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import { readJson } from '../read-json.ts';
import type { MaskletSource, SourceTrack } from '../record.ts';
import { unlabelledName } from './categories.ts';
import { cocoRle, findCocoProblems, type CocoAnnotation, type CocoFile, type CocoImage } from './validate.ts';

/** @throws file.notFound, format.notJson, format.invalid */
export async function readCoco(path: string, options: { signal?: AbortSignal } = {}): Promise<MaskletSource> {
	return cocoSource(await readJson(path, options.signal), path);
}

/**
 * The content of a file, parsed. A frame's index is the image's `frame_index` (ours), `frame_id` (COCO-VID), the number
 * at the end of its file name, or else its place in the list; the first of these that every image has. An object is a
 * `track_id` or `instance_id`; without them, a category.
 *
 * @throws format.invalid; mask.malformed when a mask is asked for
 */
export function cocoSource(value: unknown, path: string): MaskletSource {
	const problems = findCocoProblems(value);
	if (problems.length > 0) {
		throw new StudioError('format.invalid', { format: 'COCO', problems, path });
	}
	const file = value as CocoFile;
	const first = file.images[0];
	const other = file.images.find((image) => image.width !== first!.width || image.height !== first!.height);
	if (first === undefined || other !== undefined) {
		const problem =
			first === undefined ? 'images is empty' : `image ${other!.id} has another size than image ${first.id}`;
		throw new StudioError('format.invalid', { format: 'COCO of one video', problems: [problem], path });
	}
	const frameOfImage = frameIndexes(file.images, path);
	const size = { width: first.width, height: first.height };
	const tracks = tracksOf(file);
	const trackIndexes = new Map(tracks.map(({ sourceId }, index) => [sourceId, index]));
	// One object may have several annotations on a frame; their union counts.
	const masks = new Map<string, CocoAnnotation[]>();
	for (const annotation of file.annotations) {
		const key = `${trackIndexes.get(trackIdOf(annotation))} ${frameOfImage.get(annotation.image_id)}`;
		const list = masks.get(key);
		if (list) {
			list.push(annotation);
		} else {
			masks.set(key, [annotation]);
		}
	}
	const frames = new Set(frameOfImage.values());
	return {
		name: file.info?.video_name ?? basename(path).replace(/(_coco)?\.json$/i, ''),
		path,
		...size,
		frameCount: file.info?.video_frame_count ?? null,
		frameIndexes: Int32Array.from(frames).sort(),
		tracks,
		warnings: [],
		maskAt(trackIndex, frameIndex): Rle | null {
			if (!frames.has(frameIndex)) {
				return null;
			}
			const list = masks.get(`${trackIndex} ${frameIndex}`) ?? [];
			return list.map(({ segmentation }) => cocoRle(segmentation)).reduce(uniteRles, emptyRle(size));
		},
		close() {},
	};
}

function trackIdOf(annotation: CocoAnnotation): number {
	return annotation.track_id ?? annotation.instance_id ?? annotation.category_id;
}

function tracksOf(file: CocoFile): SourceTrack[] {
	const categories = new Map(file.categories.map(({ id, name }) => [id, name]));
	const labelOf = (categoryId: number) => {
		const name = categories.get(categoryId) ?? null;
		return name === unlabelledName ? null : name;
	};
	const tracks = new Map<number, SourceTrack>();
	for (const { id, name, category_id: categoryId, type } of file.tracks ?? []) {
		tracks.set(id, { sourceId: id, name, label: labelOf(categoryId), type, editedFrameCount: null });
	}
	for (const annotation of file.annotations) {
		const sourceId = trackIdOf(annotation);
		if (!tracks.has(sourceId)) {
			const label = labelOf(annotation.category_id);
			const name = annotation.track_name ?? null;
			tracks.set(sourceId, { sourceId, name, label, type: 'manual', editedFrameCount: null });
		}
	}
	return [...tracks.values()];
}

/** Image id -> frame index. */
function frameIndexes(images: CocoImage[], path: string): Map<number, number> {
	const ways: ((image: CocoImage, order: number) => number | undefined)[] = [
		(image) => image.frame_index,
		(image) => image.frame_id,
		(image) => {
			const digits = /(\d+)\.\w+$/.exec(image.file_name)?.[1];
			return digits === undefined ? undefined : Number(digits);
		},
		(_, order) => order,
	];
	for (const way of ways) {
		const indexes = images.map(way);
		if (indexes.every((index) => Number.isInteger(index) && index! >= 0)) {
			if (new Set(indexes).size === images.length) {
				return new Map(images.map((image, order) => [image.id, indexes[order]!]));
			}
		}
	}
	const problems = ['images of one video have a frame each; two have the same'];
	throw new StudioError('format.invalid', { format: 'COCO of one video', problems, path });
}
