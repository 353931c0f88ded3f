import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cocoSource, readCoco } from '../../main/formats/coco/read.ts';
import { findCocoInconsistencies, findCocoProblems, type CocoFile } from '../../main/formats/coco/validate.ts';
import { planCoco, writeCoco } from '../../main/formats/coco/write.ts';
import { fileStem, fileStems } from '../../main/formats/file-names.ts';
import { readMasklets } from '../../main/formats/read.ts';
import { emptyRle, encodeRle, rleToString } from '../../preload/common/rle.ts';
import { drawMask, type DrawStep } from '../draw-mask.ts';
import { recordOf } from './record-of.ts';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'masklet-coco-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const size = { width: 60, height: 40 };
const square: DrawStep[] = [['rect', 10, 10, 20, 25, 1]];
const disc: DrawStep[] = [['disc', 40, 20, 15, 1]];
const record = recordOf({ name: 'my "clip".mp4' }, [
	{ trackId: 7, name: 'rex', label: 'dog', frames: { 0: { steps: square }, 2: { steps: [] }, 4: { steps: disc } } },
	{
		trackId: 3,
		name: 'wall',
		frames: { 0: { steps: [['rect', 0, 0, 60, 40, 1]] }, 2: { steps: disc }, 4: { steps: [] } },
	},
	{ trackId: 9, name: 'ghost', label: 'cat', frames: { 0: { steps: [] }, 2: { steps: [] }, 4: { steps: [] } } },
]);

test('a file has an image a frame, an annotation a visible mask, and comes back whole', async () => {
	const options = { folder, every: 2, range: { from: 0, to: 6 }, pictureExtension: 'png' as const };
	const plan = await planCoco(record, options);
	const result = await writeCoco(record, options);
	const path = join(folder, 'my _clip__coco.json');
	expect(plan).toEqual({ paths: [path], frameIndexes: Int32Array.of(0, 2, 4), holeCount: 0, warnings: [] });
	expect(result).toEqual({ paths: [path], warnings: [], frameCount: 3, maskCount: 4 });
	expect(readdirSync(folder)).toEqual(['my _clip__coco.json']);
	const file = JSON.parse(readFileSync(path, 'utf8')) as CocoFile;
	const annotation = (id: number, fields: object, steps: DrawStep[]) => ({
		id,
		segmentation: { size: [40, 60], counts: rleToString(encodeRle(drawMask(size, steps))) },
		iscrowd: 0,
		...fields,
	});
	const image = (id: number, frameIndex: number) => ({
		id,
		file_name: `my _clip_/0000${frameIndex}.png`,
		...size,
		frame_index: frameIndex,
		pts_seconds: frameIndex / 24,
	});
	const rex = { category_id: 2, track_id: 7, track_name: 'rex' };
	const wall = { category_id: 3, track_id: 3, track_name: 'wall' };
	expect(file).toEqual({
		info: {
			description: 'Masks of my "clip".mp4',
			version: '1.0',
			contributor: 'Masklet',
			video_name: 'my _clip_',
			video_frame_count: 10,
			video_frame_rate: 24,
			every: 2,
		},
		licenses: [],
		images: [image(1, 0), image(2, 2), image(3, 4)],
		annotations: [
			annotation(1, { ...rex, image_id: 1, frame_index: 0, area: 150, bbox: [10, 10, 10, 15] }, square),
			annotation(2, { ...wall, image_id: 1, frame_index: 0, area: 2400, bbox: [0, 0, 60, 40] }, [
				['rect', 0, 0, 60, 40, 1],
			]),
			annotation(3, { ...wall, image_id: 2, frame_index: 2, area: 709, bbox: [25, 5, 31, 31] }, disc),
			annotation(4, { ...rex, image_id: 3, frame_index: 4, area: 709, bbox: [25, 5, 31, 31] }, disc),
		],
		categories: [
			{ id: 1, name: 'cat', supercategory: '' },
			{ id: 2, name: 'dog', supercategory: '' },
			{ id: 3, name: 'object', supercategory: '' },
		],
		tracks: [
			{ id: 7, name: 'rex', category_id: 2, type: 'manual' },
			{ id: 3, name: 'wall', category_id: 3, type: 'manual' },
			{ id: 9, name: 'ghost', category_id: 1, type: 'manual' },
		],
	});
	expect(findCocoProblems(file)).toEqual([]);
	expect(findCocoInconsistencies(file)).toEqual([]);

	const read = await readMasklets(folder);
	expect(read).toMatchObject({ name: 'my _clip_', ...size, frameCount: 10 });
	expect([...read.frameIndexes]).toEqual([0, 2, 4]);
	expect(read.tracks.map(({ sourceId, name, label }) => [sourceId, name, label])).toEqual([
		[7, 'rex', 'dog'],
		[3, 'wall', null],
		[9, 'ghost', 'cat'],
	]);
	expect(await read.maskAt(0, 0)).toEqual(encodeRle(drawMask(size, square)));
	expect(await read.maskAt(0, 2)).toEqual(emptyRle(size));
	expect(await read.maskAt(2, 4)).toEqual(emptyRle(size));
	expect(await read.maskAt(0, 1)).toBeNull();
});

test('files of others are read: plain counts, no extra fields, several parts of one object', async () => {
	const file = {
		images: [
			{ id: 12, file_name: 'a/frame_000010.jpg', width: 3, height: 2 },
			{ id: 11, file_name: 'a/frame_000009.jpg', width: 3, height: 2 },
		],
		annotations: [
			{
				id: 1,
				image_id: 11,
				category_id: 5,
				segmentation: { size: [2, 3], counts: [1, 1, 4] },
				area: 1,
				bbox: [0, 1, 1, 1],
				iscrowd: 1,
			},
			{
				id: 2,
				image_id: 11,
				category_id: 5,
				segmentation: { size: [2, 3], counts: [5, 1] },
				area: 1,
				bbox: [2, 1, 1, 1],
				iscrowd: 1,
			},
		],
		categories: [{ id: 5, name: 'ant' }],
	};
	const source = cocoSource(file, '/x/ants_coco.json');
	expect(source).toMatchObject({ name: 'ants', frameCount: null });
	expect([...source.frameIndexes]).toEqual([9, 10]);
	expect(source.tracks).toMatchObject([{ sourceId: 5, name: null, label: 'ant' }]);
	expect(await source.maskAt(0, 9)).toEqual({ width: 3, height: 2, counts: Uint32Array.of(1, 1, 3, 1) });
	expect(findCocoInconsistencies(file as unknown as CocoFile)).toEqual([]);
});

test('the validator names key and place', async () => {
	const { paths } = await writeCoco(record, { folder });
	const text = readFileSync(paths[0]!, 'utf8');
	const problemsOf = (change: (file: CocoFile) => unknown) => {
		const file = JSON.parse(text) as CocoFile;
		change(file);
		const problems = findCocoProblems(file);
		return problems.length > 0 ? problems : findCocoInconsistencies(file);
	};
	expect(problemsOf(() => {})).toEqual([]);
	expect(findCocoProblems('x')).toEqual(['the file holds "x" instead of an object']);
	expect(problemsOf((file) => Reflect.deleteProperty(file, 'images'))).toEqual(['images is a list; found nothing']);
	expect(problemsOf((file) => (file.images[1]!.id = 1))).toContain('images[1].id is not used twice; found 1 again');
	expect(problemsOf((file) => (file.annotations[2]!.image_id = 99))).toEqual([
		'annotations[2].image_id is the id of an image; found 99',
	]);
	expect(problemsOf((file) => (file.annotations[0]!.category_id = 0))).toEqual([
		'annotations[0].category_id is the id of a category; found 0',
	]);
	expect(problemsOf((file) => (file.annotations[0]!.segmentation = [[1, 2, 3, 4, 5, 6]] as never))).toEqual([
		'annotations[0].segmentation is a run-length code; polygons are not read',
	]);
	expect(problemsOf((file) => (file.annotations[0]!.area = 151))).toEqual([
		'annotations[0].area is 150 by the mask; found 151',
	]);
	expect(problemsOf((file) => (file.annotations[0]!.bbox[2] = 11))).toEqual([
		'annotations[0].bbox is [10, 10, 10, 15] by the mask; found [10, 10, 11, 15]',
	]);
	expect(problemsOf((file) => (file.annotations[0]!.segmentation.counts = '#'))[0]).toContain(
		'annotations[0]: A mask is not a valid run-length code: byte 0',
	);
	writeFileSync(paths[0]!, JSON.stringify({ images: [], annotations: [], categories: [] }));
	await expect(readCoco(paths[0]!)).rejects.toMatchObject({ code: 'format.invalid' });
});

test('names of files are safe everywhere and apart', () => {
	expect(['dog.mp4', 'a.b.MOV', 'frames', 'x/../y.webm', 'con', '...', '.mp4'].map(fileStem)).toEqual([
		'dog',
		'a.b',
		'frames',
		'x_.._y',
		'con_',
		'video',
		'video',
	]);
	expect(fileStems(['dog.mp4', 'Dog.mov', 'dog-2.mp4', 'dog.mkv'])).toEqual(['dog', 'Dog-2', 'dog-2-2', 'dog-3']);
});
