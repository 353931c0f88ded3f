import type { Features, SquarePoints } from '../../models/predict/engine.ts';
import type { Sam2Engine } from '../../models/predict/engine.ts';
import { fromBfloat16 } from '../../models/predict/bfloat16.ts';
import { maskFromLogits, maskInSquare, square } from '../../models/predict/logits.ts';
import type { FrameState } from '../../models/predict/object-memory.ts';
import { ObjectPredictor } from '../../models/predict/object-predictor.ts';
import { lowResSize } from '../../models/sam2/config.ts';
import { decodeRle, rleFromString } from '../../preload/common/rle.ts';
import type { GoldenEntry, ParityConfig, Step } from './golden.ts';
import { relativeError } from './golden.ts';
import { overlap } from './overlap.ts';
import { seededEllipse, seededFrame } from './seeded-clip.ts';

/** What one entry of the golden data says about ours. */
export type Comparison = {
	step: number;
	object: number;
	frame: number;
	logits: number;
	pointer: number;
	score: number;
	/** null where the reference has not made the memory yet. */
	memory: number | null;
	iou: number;
	isPresent: boolean;
};

const MAX_ANCHORS = 4;

/** Plays a scenario on our predictor, one per object, and compares each result with the reference's. */
export async function runScenario(
	engine: Sam2Engine,
	parity: ParityConfig,
	steps: readonly Step[],
	golden: readonly GoldenEntry[][],
	options: { featureCache: Map<number, Features> },
): Promise<Comparison[]> {
	const { signal } = new AbortController();
	const objects = new Map<number, ObjectPredictor>();
	const points = new Map<string, SquarePoints>();
	const comparisons: Comparison[] = [];
	const edge = engine.config.imageSize;
	const featuresAt = async (frame: number) => {
		const features = options.featureCache.get(frame) ?? (await engine.encodeImage(seededFrame(parity, frame), signal));
		options.featureCache.set(frame, features);
		return features;
	};
	const compare = (step: number, entry: GoldenEntry, state: FrameState & { memory?: Uint16Array }) => {
		const mask = maskFromLogits(state.logits, square(lowResSize(engine.config)), parity);
		const expected = decodeRle(rleFromString(parity, entry.mask));
		comparisons.push({
			step,
			object: entry.object,
			frame: entry.frame,
			logits: relativeError(state.logits, entry.logits),
			pointer: relativeError(state.pointer, entry.pointer),
			score: Math.abs(state.objectScore - entry.score) / Math.max(1, Math.abs(entry.score)),
			memory: entry.memory === undefined ? null : relativeError(widen(state.memory!), entry.memory),
			iou: overlap(mask.data, expected.data),
			isPresent: entry.score > 0,
		});
	};
	for (const [index, step] of steps.entries()) {
		const entries = golden[index]!;
		if (step.op === 'track') {
			const states = await track(objects, step, { parity, featuresAt, signal });
			if (states.length !== entries.length) {
				throw new Error(`step ${index} gave ${states.length} results, the reference ${entries.length}`);
			}
			for (const entry of entries) {
				const { state } = states.find(({ object, frame }) => object === entry.object && frame === entry.frame)!;
				compare(index, entry, state);
			}
			continue;
		}
		if (!objects.has(step.object)) {
			objects.set(
				step.object,
				new ObjectPredictor(engine, { frameCount: parity.frames, maxAnchors: MAX_ANCHORS, fillHoleArea: 0 }),
			);
		}
		const predictor = objects.get(step.object)!;
		const features = await featuresAt(step.frame);
		const key = `${step.object}/${step.frame}`;
		if (step.op === 'mask') {
			points.delete(key);
			const mask = maskInSquare(seededEllipse(parity, step.ellipse), edge);
			compare(index, entries[0]!, await predictor.promptMask(step.frame, features, mask, signal));
		} else {
			points.set(key, joined(step.isMore === true ? points.get(key) : undefined, step, edge));
			compare(index, entries[0]!, await predictor.promptPoints(step.frame, features, points.get(key)!, signal));
		}
	}
	return comparisons;
}

async function track(
	objects: Map<number, ObjectPredictor>,
	step: Extract<Step, { op: 'track' }>,
	context: { parity: ParityConfig; featuresAt: (frame: number) => Promise<Features>; signal: AbortSignal },
) {
	const { parity, featuresAt, signal } = context;
	for (const predictor of objects.values()) {
		await predictor.commit(featuresAt, signal);
	}
	const states: { object: number; frame: number; state: FrameState & { memory: Uint16Array } }[] = [];
	const sign = step.direction === 'forward' ? 1 : -1;
	const count = step.count ?? parity.frames;
	for (let frame = step.start; Math.abs(frame - step.start) <= count; frame += sign) {
		if (frame < 0 || frame >= parity.frames) {
			break;
		}
		for (const [object, predictor] of objects) {
			const features = await featuresAt(frame);
			states.push({ object, frame, state: await predictor.track(frame, features, step.direction, signal) });
		}
	}
	return states;
}

/** The step's points in the square; a box is its first two. */
function joined(earlier: SquarePoints | undefined, step: Extract<Step, { op: 'points' }>, edge: number): SquarePoints {
	const corners = step.box === undefined ? [] : [step.box.slice(0, 2), step.box.slice(2)];
	const coordinates = [...corners, ...step.points].map(([x, y]) => ({ x: x! * edge, y: y! * edge }));
	const labels = [...corners.map((_, corner) => 2 + corner), ...step.labels];
	return {
		coordinates: [...(earlier?.coordinates ?? []), ...coordinates],
		labels: [...(earlier?.labels ?? []), ...labels],
	};
}

function widen(halves: Uint16Array): Float32Array {
	const values = new Float32Array(halves.length);
	fromBfloat16(halves, values, 0);
	return values;
}
