import { rleIou } from '../../../preload/common/mask-algebra.ts';
import { decodeRle, emptyRle } from '../../../preload/common/rle.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import { createPace } from '../pace.ts';
import type { MaskletSource } from '../record.ts';
import { BoundaryScorer } from './boundary.ts';
import { matchObjects } from './match.ts';

/** All measures are 0 to 1. */
export type Scores = {
	/** Region similarity: intersection over union. */
	j: number;
	/** Boundary F-measure. */
	f: number;
	/** Their mean. */
	jAndF: number;
};

export type ObjectScores = Scores & {
	name: string;
	/** Places in the lists of the sources; null where the result has no such object. */
	referenceIndex: number;
	resultIndex: number | null;
	/** In the order of `frameIndexes`. */
	jPerFrame: Float64Array;
	fPerFrame: Float64Array;
};

/** Means over frames for each object, then over objects. */
export type Evaluation = Scores & {
	video: string;
	/** The frames that were compared. */
	frameIndexes: Int32Array;
	objects: ObjectScores[];
	warnings: string[];
};

export type EvaluateOptions = {
	/** Compare the first and the last frame of the reference as well; the data sets' own tools leave them out. */
	includesEnds?: boolean;
	signal?: AbortSignal;
	/** Frames compared so far. */
	onProgress?: (doneCount: number, totalCount: number) => void;
};

/**
 * J, F and J&F of a result against a reference, as DAVIS and SA-V define them: on the frames that the reference has, but
 * its first and last; an object that both sides have not on a frame scores 1 there.
 *
 * @throws evaluate.size, evaluate.noObjects, evaluate.noFrames
 */
export async function evaluate(
	reference: MaskletSource,
	result: MaskletSource,
	options: EvaluateOptions = {},
): Promise<Evaluation> {
	const { name } = reference;
	if (reference.width !== result.width || reference.height !== result.height) {
		const sizeOf = ({ width, height }: MaskletSource) => `${width}x${height}`;
		throw new StudioError('evaluate.size', { name, reference: sizeOf(reference), result: sizeOf(result) });
	}
	if (reference.tracks.length === 0) {
		throw new StudioError('evaluate.noObjects', { name });
	}
	const { frameIndexes, warnings } = framesToCompare(reference, result, options);
	const { matches, way } = matchObjects(reference, result);
	warnings.push(...matchWarnings(reference, result, way));
	const objects = matches.map(({ referenceIndex, resultIndex }): ObjectScores => {
		const { name, sourceId } = reference.tracks[referenceIndex]!;
		return {
			name: name ?? String(sourceId),
			referenceIndex,
			resultIndex,
			j: 0,
			f: 0,
			jAndF: 0,
			jPerFrame: new Float64Array(frameIndexes.length),
			fPerFrame: new Float64Array(frameIndexes.length),
		};
	});
	const scorer = new BoundaryScorer(reference);
	const pace = createPace(options.signal);
	const absent = emptyRle(reference);
	for (const [at, frameIndex] of frameIndexes.entries()) {
		for (const object of objects) {
			await pace();
			const truth = (await reference.maskAt(object.referenceIndex, frameIndex)) ?? absent;
			const found =
				object.resultIndex === null ? absent : ((await result.maskAt(object.resultIndex, frameIndex)) ?? absent);
			object.jPerFrame[at] = rleIou(truth, found);
			object.fPerFrame[at] = scorer.score(decodeRle(truth), decodeRle(found));
		}
		options.onProgress?.(at + 1, frameIndexes.length);
	}
	for (const object of objects) {
		object.j = mean(object.jPerFrame);
		object.f = mean(object.fPerFrame);
		object.jAndF = (object.j + object.f) / 2;
	}
	const j = mean(objects.map((object) => object.j));
	const f = mean(objects.map((object) => object.f));
	return { video: name, j, f, jAndF: (j + f) / 2, frameIndexes, objects, warnings };
}

function framesToCompare(
	reference: MaskletSource,
	result: MaskletSource,
	{ includesEnds = false }: EvaluateOptions,
): { frameIndexes: Int32Array; warnings: string[] } {
	const warnings: string[] = [];
	let wanted = reference.frameIndexes;
	if (!includesEnds) {
		if (wanted.length > 2) {
			wanted = wanted.subarray(1, -1);
		} else {
			warnings.push('The reference has no frame between its first and its last, so these are compared');
		}
	}
	const inResult = new Set(result.frameIndexes);
	const frameIndexes = wanted.filter((frameIndex) => inResult.has(frameIndex));
	if (frameIndexes.length === 0) {
		throw new StudioError('evaluate.noFrames', { name: reference.name });
	}
	if (frameIndexes.length < wanted.length) {
		const missing = wanted.length - frameIndexes.length;
		warnings.push(`${missing} of the ${wanted.length} frames of the reference are not in the result and not compared`);
	}
	return { frameIndexes, warnings };
}

function matchWarnings(reference: MaskletSource, result: MaskletSource, way: string): string[] {
	const warnings: string[] = [];
	if (way === 'place' && reference.tracks.length > 1) {
		warnings.push('Names and ids of the objects differ, so the first is compared with the first, and so on');
	}
	const missing = reference.tracks.length - result.tracks.length;
	if (missing > 0) {
		warnings.push(`The result has ${missing} objects fewer than the reference; they count as absent`);
	} else if (missing < 0) {
		warnings.push(`${-missing} objects of the result are not in the reference and not compared`);
	}
	return warnings;
}

function mean(values: ArrayLike<number>): number {
	let sum = 0;
	for (let index = 0; index < values.length; index++) {
		sum += values[index]!;
	}
	return sum / values.length;
}
