import { isRecord, shown } from '../read-json.ts';
import { rleArea, rleBounds, rleFromCounts, rleFromString, type Rle } from '../../../preload/common/rle.ts';
import { isStudioError } from '../../../preload/common/studio-error.ts';

export type CocoRle = { size: [height: number, width: number]; counts: string | number[] };
export type CocoImage = {
	id: number;
	file_name: string;
	width: number;
	height: number;
	/** Ours. */
	frame_index?: number;
	/** The convention of COCO-VID. */
	frame_id?: number;
};
export type CocoAnnotation = {
	id: number;
	image_id: number;
	category_id: number;
	segmentation: CocoRle;
	area: number;
	bbox: [x: number, y: number, width: number, height: number];
	iscrowd: 0 | 1;
	track_id?: number;
	/** COCO-VID again. */
	instance_id?: number;
	track_name?: string;
};
export type CocoTrack = { id: number; name: string; category_id: number; type: 'manual' | 'auto' };
/** A COCO file as it is after `findCocoProblems` found nothing. */
export type CocoFile = {
	info?: { video_name?: string; video_frame_count?: number };
	images: CocoImage[];
	annotations: CocoAnnotation[];
	categories: { id: number; name: string }[];
	/** Ours: every object, also one that is never visible. */
	tracks?: CocoTrack[];
};

const limit = 20;

/** What keeps a file from being read as COCO masks, one sentence each, naming key and place. Masks are not decoded. */
export function findCocoProblems(value: unknown): string[] {
	if (!isRecord(value)) {
		return [`the file holds ${shown(value)} instead of an object`];
	}
	const problems = (['images', 'annotations', 'categories'] as const)
		.filter((key) => !Array.isArray(value[key]))
		.map((key) => `${key} is a list; found ${shown(value[key])}`);
	if (problems.length > 0) {
		return problems;
	}
	const images = new Set<unknown>();
	for (const [index, image] of (value.images as unknown[]).entries()) {
		problems.push(...findImageProblems(image, `images[${index}]`, images));
	}
	const categories = new Set<unknown>();
	for (const [index, category] of (value.categories as unknown[]).entries()) {
		if (!isRecord(category) || !Number.isInteger(category.id) || typeof category.name !== 'string') {
			problems.push(`categories[${index}] has a whole id and a name; found ${shown(category)}`);
		} else {
			categories.add(category.id);
		}
	}
	const ids = new Set<unknown>();
	for (const [index, annotation] of (value.annotations as unknown[]).entries()) {
		if (problems.length >= limit) {
			break;
		}
		problems.push(...findAnnotationProblems(annotation, `annotations[${index}]`, { images, categories, ids }));
	}
	return problems;
}

/** Masks that cannot be decoded, and areas or boxes that are not those of the masks. */
export function findCocoInconsistencies(file: CocoFile): string[] {
	const problems: string[] = [];
	const images = new Map(file.images.map((image) => [image.id, image]));
	for (const [index, annotation] of file.annotations.entries()) {
		const place = `annotations[${index}]`;
		const { width, height } = images.get(annotation.image_id)!;
		const { size } = annotation.segmentation;
		if (size[0] !== height || size[1] !== width) {
			problems.push(`${place}.segmentation.size is [${height}, ${width}]; found [${size.join(', ')}]`);
			continue;
		}
		try {
			const rle = cocoRle(annotation.segmentation);
			const area = rleArea(rle);
			const bounds = rleBounds(rle);
			if (annotation.area !== area) {
				problems.push(`${place}.area is ${area} by the mask; found ${shown(annotation.area)}`);
			}
			if (bounds.some((value, at) => value !== annotation.bbox[at])) {
				problems.push(`${place}.bbox is [${bounds.join(', ')}] by the mask; found [${annotation.bbox.join(', ')}]`);
			}
		} catch (error) {
			if (!isStudioError(error, 'mask.malformed')) {
				throw error;
			}
			problems.push(`${place}: ${error.message}`);
		}
	}
	return problems;
}

/** Both forms of COCO's run-length code. @throws mask.malformed */
export function cocoRle({ size: [height, width], counts }: CocoRle): Rle {
	const size = { width, height };
	return typeof counts === 'string' ? rleFromString(size, counts) : rleFromCounts(size, counts);
}

function findImageProblems(image: unknown, place: string, ids: Set<unknown>): string[] {
	if (!isRecord(image)) {
		return [`${place} is an object; found ${shown(image)}`];
	}
	const problems: string[] = [];
	if (!Number.isInteger(image.id)) {
		problems.push(`${place}.id is a whole number; found ${shown(image.id)}`);
	} else if (ids.has(image.id)) {
		problems.push(`${place}.id is not used twice; found ${shown(image.id)} again`);
	}
	ids.add(image.id);
	for (const key of ['width', 'height'] as const) {
		if (!Number.isInteger(image[key]) || (image[key] as number) < 1) {
			problems.push(`${place}.${key} is a whole number from 1; found ${shown(image[key])}`);
		}
	}
	if (typeof image.file_name !== 'string') {
		problems.push(`${place}.file_name is a text; found ${shown(image.file_name)}`);
	}
	return problems;
}

type Known = { images: Set<unknown>; categories: Set<unknown>; ids: Set<unknown> };

function findAnnotationProblems(annotation: unknown, place: string, known: Known): string[] {
	if (!isRecord(annotation)) {
		return [`${place} is an object; found ${shown(annotation)}`];
	}
	const problems: string[] = [];
	if (!Number.isInteger(annotation.id) || known.ids.has(annotation.id)) {
		problems.push(`${place}.id is a whole number of its own; found ${shown(annotation.id)}`);
	}
	known.ids.add(annotation.id);
	if (!known.images.has(annotation.image_id)) {
		problems.push(`${place}.image_id is the id of an image; found ${shown(annotation.image_id)}`);
	}
	if (!known.categories.has(annotation.category_id)) {
		problems.push(`${place}.category_id is the id of a category; found ${shown(annotation.category_id)}`);
	}
	const { segmentation, bbox } = annotation;
	if (Array.isArray(segmentation)) {
		problems.push(`${place}.segmentation is a run-length code; polygons are not read`);
	} else if (
		!isRecord(segmentation) ||
		!Array.isArray(segmentation.size) ||
		segmentation.size.length !== 2 ||
		!segmentation.size.every((side) => Number.isInteger(side) && (side as number) > 0) ||
		!(typeof segmentation.counts === 'string' || Array.isArray(segmentation.counts))
	) {
		problems.push(`${place}.segmentation has size [height, width] and counts; found ${shown(segmentation)}`);
	}
	if (typeof annotation.area !== 'number') {
		problems.push(`${place}.area is a number; found ${shown(annotation.area)}`);
	}
	if (!Array.isArray(bbox) || bbox.length !== 4 || !bbox.every((value) => typeof value === 'number')) {
		problems.push(`${place}.bbox is [x, y, width, height]; found ${shown(bbox)}`);
	}
	if (annotation.iscrowd !== 0 && annotation.iscrowd !== 1) {
		problems.push(`${place}.iscrowd is 0 or 1; found ${shown(annotation.iscrowd)}`);
	}
	return problems;
}
