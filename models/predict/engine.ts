import { present } from '../../preload/common/assert.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import type { GraphName } from '../sam2/build.ts';
import type { Sam2Config } from '../sam2/config.ts';
import { gridSize, lowResSize } from '../sam2/config.ts';
import { fromBfloat16, toBfloat16 } from './bfloat16.ts';
import { pictureInput } from './picture-input.ts';
import type { CreateSession, Session, Tensor } from './session.ts';

/** What a frame alone gives: f [1, C, h, w], s0 [1, C/8, 4h, 4w], s1 [1, C/4, 2h, 2w]. */
export type Features = { f: Tensor; s0: Tensor; s1: Tensor };

/** Points in pixels of the square. Labels: 1 inside, 0 outside, 2 and 3 corners of a box. */
export type SquarePoints = { coordinates: readonly { x: number; y: number }[]; labels: readonly number[] };

export type Decoded = {
	/** Logits of the single mask and the three alternatives, each (4h)². */
	masks: Float32Array[];
	predictedIou: number[];
	/** A pointer a mask; the absent one where the object score is not above 0. */
	pointers: Float32Array[];
	absentPointer: Float32Array;
	objectScore: number;
};

/** What a frame attends to. */
export type Remembered = {
	memories: readonly { memory: Uint16Array; row: number }[];
	/** Distances in frames, signed, over the longest distance. */
	pointers: readonly { pointer: Float32Array; time: number }[];
};

/**
 * The five graphs of a network as functions. Sessions are loaded when first needed; a run cannot be interrupted, so
 * the signal is looked at between runs.
 */
export class Sam2Engine {
	readonly config: Sam2Config;
	private readonly createSession: CreateSession;
	private readonly sessions = new Map<GraphName, Promise<Session>>();

	constructor(config: Sam2Config, createSession: CreateSession) {
		this.config = config;
		this.createSession = createSession;
	}

	async encodeImage(picture: RgbPicture, signal: AbortSignal): Promise<Features> {
		const { imageSize } = this.config;
		const image = { shape: [1, 3, imageSize, imageSize], data: pictureInput(picture, imageSize) };
		const outputs = await this.run('image-encoder', { image }, signal);
		return { f: named(outputs, 'f'), s0: named(outputs, 's0'), s1: named(outputs, 's1') };
	}

	/** Features with memory in them, [1, C, h, w]. There is at least one memory. */
	async attend(features: Features, remembered: Remembered, signal: AbortSignal): Promise<Tensor> {
		const { channels, memoryChannels, version } = this.config;
		const { memories, pointers } = remembered;
		const area = gridSize(this.config) ** 2;
		const memory = new Float32Array(memories.length * area * memoryChannels);
		memories.forEach((frame, index) => fromBfloat16(frame.memory, memory, index * area * memoryChannels));
		const pointerData = new Float32Array(pointers.length * channels);
		pointers.forEach(({ pointer }, index) => pointerData.set(pointer, index * channels));
		const inputs: Record<string, Tensor> = {
			f: features.f,
			memory: { shape: [memories.length, area, memoryChannels], data: memory },
			memory_rows: vector(memories.map(({ row }) => row)),
			pointers: { shape: [pointers.length, channels], data: pointerData },
		};
		if (version === '2.1') {
			inputs['pointer_times'] = vector(pointers.map(({ time }) => time));
		}
		return named(await this.run('memory-attention', inputs, signal), 'features');
	}

	/**
	 * Decodes masks. `isStill` adds the learned "no memory" to the features. Without points a padding point stands in
	 * (the graph appends another).
	 */
	async decode(
		request: {
			features: Tensor;
			fine: Features;
			isStill: boolean;
			points: SquarePoints | null;
			maskPrompt: Float32Array | null;
		},
		signal: AbortSignal,
	): Promise<Decoded> {
		const { channels } = this.config;
		const edge = lowResSize(this.config);
		const points = request.points ?? { coordinates: [{ x: 0, y: 0 }], labels: [-1] };
		const count = points.labels.length;
		const outputs = await this.run(
			'mask-decoder',
			{
				features: request.features,
				s0: request.fine.s0,
				s1: request.fine.s1,
				is_still: vector([request.isStill ? 1 : 0]),
				points: { shape: [1, count, 2], data: Float32Array.from(points.coordinates.flatMap(({ x, y }) => [x, y])) },
				labels: { shape: [1, count], data: Float32Array.from(points.labels) },
				mask: { shape: [1, 1, edge, edge], data: request.maskPrompt ?? new Float32Array(edge * edge) },
				has_mask: vector([request.maskPrompt === null ? 0 : 1]),
			},
			signal,
		);
		return {
			masks: rows(named(outputs, 'masks'), edge * edge),
			predictedIou: [...named(outputs, 'predicted_iou').data],
			pointers: rows(named(outputs, 'pointers'), channels),
			absentPointer: named(outputs, 'absent_pointer').data,
			objectScore: named(outputs, 'object_score').data[0]!,
		};
	}

	/** A given mask in the square, 0 and 1, as the decoder's mask prompt. */
	async maskPrompt(maskInSquare: Float32Array, signal: AbortSignal): Promise<Float32Array> {
		const { imageSize } = this.config;
		const mask = { shape: [1, 1, imageSize, imageSize], data: maskInSquare };
		return named(await this.run('mask-prompt', { mask }, signal), 'mask_prompt').data;
	}

	/** The memory of a frame, [h w, M], rounded to bfloat16. `isHard`: a person's mask, cut at 0. */
	async encodeMemory(
		request: { features: Features; logits: Float32Array; isHard: boolean; isPresent: boolean },
		signal: AbortSignal,
	): Promise<Uint16Array> {
		const edge = lowResSize(this.config);
		const inputs: Record<string, Tensor> = {
			f: request.features.f,
			logits: { shape: [1, 1, edge, edge], data: request.logits },
			is_hard: vector([request.isHard ? 1 : 0]),
		};
		if (this.config.version === '2.1') {
			inputs['is_present'] = vector([request.isPresent ? 1 : 0]);
		}
		return toBfloat16(named(await this.run('memory-encoder', inputs, signal), 'memory').data);
	}

	async dispose(): Promise<void> {
		const open = [...this.sessions.values()];
		this.sessions.clear();
		for (const session of await Promise.allSettled(open)) {
			if (session.status === 'fulfilled') {
				await session.value.dispose();
			}
		}
	}

	private async run(
		name: GraphName,
		inputs: Record<string, Tensor>,
		signal: AbortSignal,
	): Promise<Record<string, Tensor>> {
		signal.throwIfAborted();
		let loading = this.sessions.get(name);
		if (loading === undefined) {
			loading = this.createSession(name, signal);
			this.sessions.set(name, loading);
			loading.catch(() => this.sessions.delete(name));
		}
		const session = await loading;
		signal.throwIfAborted();
		return session.run(inputs);
	}
}

function named(outputs: Record<string, Tensor>, name: string): Tensor {
	return present(outputs[name], `output ${name}`);
}

function vector(numbers: readonly number[]): Tensor {
	return { shape: [numbers.length], data: Float32Array.from(numbers) };
}

/** Copies, so that one row does not keep the others alive. */
function rows(tensor: Tensor, length: number): Float32Array[] {
	return Array.from({ length: tensor.data.length / length }, (_, row) => {
		return tensor.data.slice(row * length, (row + 1) * length);
	});
}
