import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BoundaryScorer } from '../../main/formats/evaluate/boundary.ts';
import { evaluate } from '../../main/formats/evaluate/evaluate.ts';
import { readMasklets } from '../../main/formats/read.ts';
import type { MaskletSource } from '../../main/formats/record.ts';
import { rleIou } from '../../preload/common/mask-algebra.ts';
import { emptyRle, encodeRle, type Rle } from '../../preload/common/rle.ts';
import { drawMask, type DrawStep } from '../draw-mask.ts';

type Case = {
	name: string;
	width: number;
	height: number;
	truth: DrawStep[];
	found: DrawStep[];
	j: number;
	f: number;
};
const cases = JSON.parse(readFileSync(new URL('golden/scores.json', import.meta.url), 'utf8')) as Case[];

test.each(cases)('$name: J and F are those of the plain definitions', (golden) => {
	const truth = drawMask(golden, golden.truth);
	const found = drawMask(golden, golden.found);
	expect(rleIou(encodeRle(truth), encodeRle(found))).toBeCloseTo(golden.j, 12);
	const scorer = new BoundaryScorer(golden);
	expect(scorer.score(truth, found)).toBeCloseTo(golden.f, 12);
	// The buffers of a scorer carry nothing over.
	expect(scorer.score(found, truth)).toBeCloseTo(golden.f, 12);
});

const size = { width: 40, height: 30 };
const square = (x: number) => encodeRle(drawMask(size, [['rect', x, 10, x + 10, 20, 1]]));

function source(frames: number[], tracks: { name: string | null; masks: Record<number, Rle> }[]): MaskletSource {
	return {
		name: 'clip',
		path: 'clip',
		...size,
		frameCount: null,
		frameIndexes: Int32Array.from(frames),
		tracks: tracks.map(({ name }, index) => ({
			sourceId: index + 1,
			name,
			label: null,
			type: 'manual',
			editedFrameCount: null,
		})),
		warnings: [],
		maskAt: (trackIndex, frameIndex) =>
			frames.includes(frameIndex) ? (tracks[trackIndex]!.masks[frameIndex] ?? emptyRle(size)) : null,
		close() {},
	};
}

test('means go over frames, then objects; ends are left out; names match objects; what is missing is absent', async () => {
	const reference = source(
		[0, 4, 8, 12],
		[
			{ name: 'dog', masks: { 0: square(0), 4: square(10), 12: square(0) } },
			{ name: 'cat', masks: { 4: square(20), 8: square(20) } },
		],
	);
	const result = source(
		[0, 2, 4, 6, 8, 10, 12],
		[
			{ name: 'cat', masks: { 4: square(20), 8: square(25) } },
			{ name: 'dog', masks: { 4: square(10) } },
			{ name: 'cow', masks: {} },
		],
	);
	const scores = await evaluate(reference, result);
	expect([...scores.frameIndexes]).toEqual([4, 8]);
	expect(scores.objects.map(({ name, resultIndex, j }) => ({ name, resultIndex, j }))).toEqual([
		{ name: 'dog', resultIndex: 1, j: 1 },
		{ name: 'cat', resultIndex: 0, j: (1 + 1 / 3) / 2 },
	]);
	expect([...scores.objects[0]!.fPerFrame]).toEqual([1, 1]);
	expect(scores.j).toBeCloseTo((1 + 2 / 3) / 2, 12);
	expect(scores.jAndF).toBeCloseTo((scores.j + scores.f) / 2, 12);
	expect(scores.warnings).toEqual(['1 objects of the result are not in the reference and not compared']);

	const withEnds = await evaluate(reference, result, { includesEnds: true });
	expect([...withEnds.frameIndexes]).toEqual([0, 4, 8, 12]);
	expect([...withEnds.objects[0]!.jPerFrame]).toEqual([0, 1, 1, 0]);

	const sparse = await evaluate(reference, source([4], [{ name: 'dog', masks: { 4: square(10) } }]));
	expect(sparse.objects.map(({ name, resultIndex, j, f }) => ({ name, resultIndex, j, f }))).toEqual([
		{ name: 'dog', resultIndex: 0, j: 1, f: 1 },
		{ name: 'cat', resultIndex: null, j: 0, f: 0 },
	]);
	expect(sparse.warnings).toHaveLength(3);

	await expect(evaluate(reference, { ...result, width: 41 })).rejects.toMatchObject({ code: 'evaluate.size' });
	await expect(evaluate(reference, source([5], []))).rejects.toMatchObject({ code: 'evaluate.noFrames' });
	await expect(evaluate(source([0], []), result)).rejects.toMatchObject({ code: 'evaluate.noObjects' });
	const aborted = evaluate(reference, result, { signal: AbortSignal.abort() });
	await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
});

const davis = fileURLToPath(new URL('../../../shared/data/davis', import.meta.url));

test.skipIf(!existsSync(davis))(
	'a DAVIS sequence against itself is perfect, and against a shifted one is not',
	async () => {
		const reference = await readMasklets(davis, { video: 'libby' });
		expect(reference).toMatchObject({ name: 'libby', width: 854, height: 480, frameCount: null });
		expect(reference.frameIndexes).toHaveLength(49);
		expect(reference.tracks).toHaveLength(1);
		const same = await evaluate(reference, reference);
		expect(same).toMatchObject({ j: 1, f: 1, jAndF: 1, warnings: [] });
		expect(same.frameIndexes).toHaveLength(47);
		const late: MaskletSource = {
			...reference,
			maskAt: (trackIndex, frameIndex) => reference.maskAt(trackIndex, Math.max(0, frameIndex - 3)),
		};
		const shifted = await evaluate(reference, late);
		// golden/make_davis.py prints these two.
		expect(shifted.j).toBeCloseTo(0.3868300614361968, 9);
		expect(shifted.f).toBeCloseTo(0.5249194189955819, 9);
	},
);
