import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readMasklets } from '../../main/formats/read.ts';
import type { VideoRecord } from '../../main/formats/record.ts';
import { readSav, savSource } from '../../main/formats/sav/read.ts';
import { findSavInconsistencies, findSavProblems, type SavFile } from '../../main/formats/sav/validate.ts';
import { planSav, writeSav } from '../../main/formats/sav/write.ts';
import { laneCodeOf } from '../../preload/common/masklet.ts';
import { encodeRle, rleToString } from '../../preload/common/rle.ts';
import { drawMask, type DrawStep } from '../draw-mask.ts';
import { recordOf, type DrawnTrack } from './record-of.ts';

const shipped = fileURLToPath(new URL('../../../shared/data/sav/', import.meta.url));
const hasShipped = existsSync(shipped);

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'masklet-sav-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const square: DrawStep[] = [['rect', 10, 10, 20, 20, 1]];
const disc: DrawStep[] = [['disc', 40, 20, 15, 1]];

const dog: DrawnTrack = {
	name: 'dog',
	frames: {
		0: { steps: [], provenance: 'emptyByHand' },
		1: { steps: square },
		2: { steps: square, provenance: 'prompted' },
		3: { steps: [], provenance: 'emptyByModel' },
		4: { steps: disc, provenance: 'edited' },
		5: { steps: disc },
		// 6 is a hole.
		7: { steps: disc, provenance: 'imported' },
		8: { steps: square },
		9: { steps: square },
	},
};

test('a file has the keys, order, statistics and number texts of SA-V', async () => {
	const ghost: DrawnTrack = { name: 'ghost', frames: { 0: { steps: [] } } };
	const rejected: DrawnTrack = { name: 'blur', verdict: 'rejected', frames: { 0: { steps: disc } } };
	const record = recordOf({ environment: 'Indoor', split: 'train' }, [dog, ghost, rejected]);
	const plan = await planSav(record, { folder, every: 2 });
	const result = await writeSav(record, { folder, every: 2 });
	expect(result).toEqual({ paths: plan.paths, warnings: plan.warnings, frameCount: 5, maskCount: 3 });
	expect(plan).toMatchObject({ paths: [join(folder, 'clip_manual.json')], holeCount: 5 });
	expect(plan.warnings).toEqual([
		'5 frames were never annotated and exported as empty (dog: 1, ghost: 4)',
		'Rejected objects are left out: blur',
	]);
	const rle = (steps: DrawStep[]) => JSON.stringify(rleToString(encodeRle(drawMask({ width: 60, height: 40 }, steps))));
	const entry = (steps: DrawStep[]) =>
		`[{"size": [40, 60], "counts": ${rle(steps)}}, {"size": [40, 60], "counts": ${rle([])}}]`;
	const discArea = 709;
	const mean = (100 + discArea + 100) / 3;
	expect(readFileSync(result.paths[0]!, 'utf8')).toBe(
		'{"video_id": "clip", "video_duration": 0.4166666666666667, "video_frame_count": 10.0, "video_height": 40.0, ' +
			'"video_width": 60.0, "video_resolution": 2400.0, "video_environment": "Indoor", "video_split": "train", ' +
			`"masklet": [${[[], square, disc, [], square].map((steps) => entry(steps as DrawStep[])).join(', ')}], ` +
			'"masklet_id": [0, 1], ' +
			`"masklet_size_rel": [${Math.round((mean / 2400) * 1e10) / 1e10}, 0.0], ` +
			'"masklet_size_abs": [303.0, 0.0], "masklet_size_bucket": ["small", "small"], ' +
			'"masklet_visibility_changes": [2, 0], "masklet_first_appeared_frame": [1.0, 5.0], ' +
			'"masklet_frame_count": [5, 5], "masklet_edited_frame_count": [3, 0], ' +
			'"masklet_type": ["manual", "manual"], "masklet_stability_score": [null, null], "masklet_num": 2}',
	);
	const file = JSON.parse(readFileSync(result.paths[0]!, 'utf8')) as SavFile;
	expect(findSavProblems(file)).toEqual([]);
	expect(findSavInconsistencies(file)).toEqual([]);

	const read = await readSav(result.paths[0]!);
	expect(read).toMatchObject({ name: 'clip', width: 60, height: 40, frameCount: 10, warnings: [] });
	expect([...read.frameIndexes]).toEqual([0, 2, 4, 6, 8]);
	expect(await read.maskAt(0, 4)).toEqual(encodeRle(drawMask(read, disc)));
	expect(await read.maskAt(0, 3)).toBeNull();
});

test('automatic masklets go to a file of their own, with a score for each entry; neither file needs the other', async () => {
	const found: DrawnTrack = {
		name: 'found',
		type: 'auto',
		frames: {
			0: { steps: disc, stability: 0.975 },
			1: { steps: disc },
			2: { steps: [] },
			3: { steps: disc, stability: 1 },
		},
	};
	const both = await writeSav(recordOf({ frameCount: 4 }, [found, { ...dog, frames: { 0: dog.frames[2]! } }]), {
		folder,
	});
	expect(both.paths).toEqual([join(folder, 'clip_manual.json'), join(folder, 'clip_auto.json')]);
	expect(both.warnings).toEqual([
		'3 frames were never annotated and exported as empty (dog: 3)',
		'1 stability scores were never measured and stand as 0.0',
	]);
	const text = readFileSync(both.paths[1]!, 'utf8');
	expect(text).toContain('"masklet_first_appeared_frame": [0], ');
	expect(text).toContain('"masklet_edited_frame_count": [0], "masklet_type": ["auto"], ');
	expect(text).toContain('"masklet_stability_score": [[0.975], [0.0], [1.0], [1.0]], "masklet_num": 1}');
	expect(findSavProblems(JSON.parse(text))).toEqual([]);

	const alone = join(folder, 'alone');
	const auto = await writeSav(recordOf({ frameCount: 4 }, [found]), { folder: alone });
	expect(auto.paths).toEqual([join(alone, 'clip_auto.json')]);
	expect((await readMasklets(alone)).tracks).toMatchObject([{ type: 'auto', editedFrameCount: 0 }]);
	expect((await readMasklets(folder)).tracks).toMatchObject([{ type: 'manual', editedFrameCount: 1 }]);
});

test('a range stands at its frames; holes outside it are no holes', async () => {
	const result = await writeSav(recordOf({}, [dog]), { folder, range: { from: 4, to: 6 }, isStrict: true });
	expect(result).toMatchObject({ frameCount: 10, maskCount: 2 });
	expect(result.warnings).toEqual(['SA-V files cover the whole video; frames outside 4 to 5 stand as empty']);
	const file = JSON.parse(readFileSync(result.paths[0]!, 'utf8')) as SavFile;
	expect(file.masklet_first_appeared_frame).toEqual([4]);
	expect(file.masklet_edited_frame_count).toEqual([1]);
	expect(file.masklet_visibility_changes).toEqual([1]);
});

test('masks are asked for one at a time, frame by frame, and holes not at all', async () => {
	const asked: string[] = [];
	let openCount = 0;
	const first = { ...dog, frames: { 0: dog.frames[0]!, 1: dog.frames[1]!, 2: dog.frames[2]! } };
	const record = recordOf({ frameCount: 3 }, [first, { frames: { 1: { steps: disc } } }]);
	const counted: VideoRecord = {
		...record,
		async maskAt(trackId, frameIndex) {
			asked.push(`${frameIndex}:${trackId}`);
			expect(++openCount).toBe(1);
			const found = await record.maskAt(trackId, frameIndex);
			openCount--;
			return found;
		},
	};
	await writeSav(counted, { folder });
	expect(asked).toEqual(['0:1', '1:1', '1:2', '2:1']);
});

test('what cannot be exported is refused, and what fails or is cancelled leaves nothing', async () => {
	const record = recordOf({}, [dog]);
	const refused = async (options: Parameters<typeof writeSav>[1], code: string, of: VideoRecord = record) => {
		await expect(writeSav(of, options)).rejects.toMatchObject({ code });
		expect(readdirSync(folder)).toEqual([]);
	};
	await refused({ folder, isStrict: true }, 'export.holes');
	await refused({ folder, every: 0 }, 'export.every');
	await refused({ folder, range: { from: 4, to: 11 } }, 'export.range');
	await refused({ folder }, 'export.noTracks', recordOf({}, [{ ...dog, verdict: 'rejected' }]));

	const controller = new AbortController();
	const cancelled = writeSav(record, {
		folder,
		signal: controller.signal,
		onProgress: (doneCount) => doneCount === 5 && controller.abort(),
	});
	await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
	expect(readdirSync(folder)).toEqual([]);

	const failing: VideoRecord = {
		...record,
		maskAt: (trackId, frameIndex) => {
			if (frameIndex === 7) {
				throw new Error('the store is gone');
			}
			return record.maskAt(trackId, frameIndex);
		},
	};
	await expect(writeSav(failing, { folder })).rejects.toThrow('the store is gone');
	expect(readdirSync(folder)).toEqual([]);

	const path = join(folder, 'clip_manual.json');
	writeFileSync(path, 'mine');
	await expect(writeSav(record, { folder })).rejects.toMatchObject({ code: 'file.exists' });
	// Somebody else's file that comes while the export runs is not overwritten either.
	const raced = writeSav(record, {
		folder,
		stem: 'raced',
		onProgress: () => writeFileSync(join(folder, 'raced_manual.json'), 'theirs'),
	});
	await expect(raced).rejects.toMatchObject({ code: 'file.exists' });
	expect(readFileSync(join(folder, 'raced_manual.json'), 'utf8')).toBe('theirs');
	expect(readFileSync(path, 'utf8')).toBe('mine');
	expect(readdirSync(folder).sort()).toEqual(['clip_manual.json', 'raced_manual.json']);
	await writeSav(record, { folder, isForced: true });
	expect((await readSav(path)).tracks).toHaveLength(1);

	await expect(writeSav(record, { folder: join(path, 'below') })).rejects.toMatchObject({ code: 'file.denied' });
});

test('the validator names key and place', async () => {
	await writeSav(recordOf({}, [dog, { frames: { 0: { steps: disc } } }]), { folder });
	const text = readFileSync(join(folder, 'clip_manual.json'), 'utf8');
	const problemsOf = (change: (file: Record<string, unknown> & SavFile) => void) => {
		const file = JSON.parse(text) as Record<string, unknown> & SavFile;
		change(file);
		return [...findSavProblems(file), ...(findSavProblems(file).length === 0 ? findSavInconsistencies(file) : [])];
	};
	expect(problemsOf(() => {})).toEqual([]);
	expect(findSavProblems([])).toEqual(['the file holds an array of 0 instead of an object']);
	expect(problemsOf((file) => Reflect.deleteProperty(file, 'video_split'))).toEqual([
		'video_split is a text; found nothing',
	]);
	expect(problemsOf((file) => (file.video_height = 41))).toContain(
		'video_resolution is height x width, 2460; found 2400',
	);
	expect(problemsOf((file) => file.masklet_id.pop())).toEqual([
		'masklet_id is a list of 2 (masklet_num); found an array of 1',
	]);
	expect(problemsOf((file) => (file.masklet[3]![1] = null as never))).toEqual([
		'masklet[3][1] is a run-length code also where the object is absent; found null',
	]);
	expect(problemsOf((file) => (file.masklet[3]![1]!.size = [60, 40]))).toEqual([
		'masklet[3][1].size is [40, 60]; found [60, 40]',
	]);
	expect(problemsOf((file) => file.masklet[2]!.pop())).toEqual([
		'masklet[2] is a list of 2 (masklet_num); found an array of 1',
	]);
	expect(problemsOf((file) => (file.masklet_stability_score = [null]))).toEqual([
		'masklet_stability_score is null for each object, or for each entry a list of 2 numbers',
	]);
	expect(problemsOf((file) => (file.masklet[4]![0]!.counts = '1'))).toEqual([
		'masklet[4][0]: A mask is not a valid run-length code: its runs cover 1 of the 2400 pixels of 60x40. ' +
			'The file was cut or changed; export it again',
	]);
	expect(problemsOf((file) => (file.masklet_visibility_changes[0] = 7))).toEqual([
		'masklet_visibility_changes[0] is 4 by the masks; found 7',
	]);
	const broken = join(folder, 'broken.json');
	writeFileSync(broken, text.slice(0, 500));
	await expect(readMasklets(broken)).rejects.toMatchObject({ code: 'format.notJson' });
	writeFileSync(broken, '{"a": 1}');
	await expect(readMasklets(broken)).rejects.toMatchObject({ code: 'format.unknown' });
	await expect(readMasklets(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'file.notFound' });
});

test.skipIf(!hasShipped).each(['manual', 'auto'] as const)(
	'the shipped %s file is read, and written again is the same text',
	async (type) => {
		const path = join(shipped, `sav_000001_${type}.json`);
		const text = readFileSync(path, 'utf8');
		const file = JSON.parse(text) as SavFile;
		expect(findSavProblems(file)).toEqual([]);
		expect(findSavInconsistencies(file)).toEqual([]);
		const source = savSource(file, path);
		expect(source).toMatchObject({ name: 'sav_000001', width: 480, height: 848, frameCount: 483, warnings: [] });
		expect([...source.frameIndexes].slice(0, 3)).toEqual([0, 4, 8]);
		expect(source.tracks).toHaveLength(type === 'manual' ? 5 : 9);
		const { tracks } = source;
		const frameCount = 483;
		const record: VideoRecord = {
			video: {
				name: 'sav_000001',
				width: 480,
				height: 848,
				frameCount,
				frameRate: 24,
				durationSeconds: 20.125,
				ptsSeconds: Float64Array.from({ length: frameCount }, (_, frameIndex) => frameIndex / 24),
				environment: 'Indoor',
				split: 'train',
			},
			tracks: tracks.map(({ sourceId, type }) => ({
				trackId: sourceId,
				name: `object ${sourceId}`,
				label: null,
				verdict: 'satisfactory',
				type,
			})),
			laneOf(trackId) {
				// The first entries are taken as the edited ones: the file keeps their number alone.
				const edited = 4 * tracks[trackId]!.editedFrameCount!;
				return Uint8Array.from({ length: frameCount }, (_, frameIndex) =>
					laneCodeOf(frameIndex < edited ? 'edited' : 'propagated'),
				);
			},
			async maskAt(trackId, frameIndex) {
				const rle = await source.maskAt(trackId, frameIndex);
				const row = file.masklet_stability_score[frameIndex / 4];
				const stability = Array.isArray(row) ? row[trackId]! : null;
				const scores = { predictedIou: null, objectScore: null, stability };
				return rle && { rle, provenance: 'propagated', isAnchor: false, scores };
			},
		};
		const { paths, warnings } = await writeSav(record, { folder, every: 4 });
		expect(warnings).toEqual([]);
		const written = readFileSync(paths[0]!, 'utf8');
		// The automatic file's relative sizes are means of ratios, ours ratios of means: they differ in the 16th digit.
		const withoutSizes = (json: string) => json.replace(/"masklet_size_rel": \[[^\]]*\]/, '');
		expect(withoutSizes(written) === withoutSizes(text)).toBe(true);
		if (type === 'manual') {
			expect(written === text).toBe(true);
		}
	},
);
