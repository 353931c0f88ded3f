import { present } from '../../preload/common/assert.ts';
import type { CreateSession, Session, Tensor } from '../predict/session.ts';
import type { Planes } from './working-frame.ts';

export type BuiltinGraph = 'encoder' | 'memory' | 'carrier' | 'prompter';

/** Tokens are places of 8 x 8 working pixels. */
export const tokenEdge = 8;
const keyChannels = 48;
const valueChannels = 128;

/** What the encoder makes of a picture of H x W working pixels. */
export type Features = {
	/** [1, 96, H/8, W/8] */
	f8: Tensor;
	/** [1, 48, H/8, W/8] */
	key: Tensor;
	/** [1, 48, H/4, W/4] */
	s4: Tensor;
	/** [1, 24, H/2, W/2] */
	s2: Tensor;
};

/** One frame with its mask, to be read by others: a key and a value a token, channels outermost. */
export type Remembered = { tokens: number; key: Float32Array; value: Float32Array };

export type CarryRequest = {
	/** Three planes: the mask before (0 to 1), and the colour odds of anchors and of recent frames. */
	maps: Float32Array;
	far: Remembered;
	near: Remembered;
};

export type Carried = {
	/** Logits of the mask, a working pixel each. */
	logits: Float32Array;
	/** Logit of "the object is on this frame". */
	objectScore: number;
	/** Logit of the IoU with the truth. */
	iouLogit: number;
};

/** Logits of the mask, a pixel of the window each, and of its IoU with the truth. */
export type Prompted = { logits: Float32Array; iouLogit: number };

/** The graphs of `training/network.py` and `training/prompter.py` as functions; sessions are loaded when first needed. */
export class BuiltinNetwork {
	readonly #createSession: CreateSession;
	readonly #sessions = new Map<BuiltinGraph, Promise<Session>>();

	constructor(createSession: CreateSession) {
		this.#createSession = createSession;
	}

	async encode(frame: Planes, signal: AbortSignal): Promise<Features> {
		const image = { shape: [1, 3, frame.height, frame.width], data: channelsFirst(frame) };
		const outputs = await this.#run('encoder', { image }, signal);
		const named = (name: keyof Features) => present(outputs[name], name);
		return { f8: named('f8'), key: named('key'), s4: named('s4'), s2: named('s2') };
	}

	/** Each of the masks on this picture, 0 to 1 a working pixel, as what is to be read of it later. */
	async remember(
		features: Features,
		probabilities: readonly Float32Array[],
		signal: AbortSignal,
	): Promise<Remembered[]> {
		const [height, width] = gridOf(features);
		const inputs = {
			f8: features.f8,
			probability: stacked(probabilities, [1, height * tokenEdge, width * tokenEdge]),
		};
		const value = present((await this.#run('memory', inputs, signal))['value'], 'value');
		const tokens = height * width;
		return unstacked(value, probabilities.length).map((each) => ({ tokens, key: features.key.data, value: each }));
	}

	/**
	 * Masks of several objects on one frame. All look at the same frames: `near` is the frame before, `far` any that are
	 * sure; so the keys of the first object stand for all, and what attends to what is computed once.
	 */
	async carry(features: Features, objects: readonly CarryRequest[], signal: AbortSignal): Promise<Carried[]> {
		const { f8, key, s4, s2 } = features;
		const [height, width] = gridOf(features);
		const { far, near } = objects[0]!;
		const outputs = await this.#run(
			'carrier',
			{
				f8,
				key,
				s4,
				s2,
				maps: stacked(
					objects.map(({ maps }) => maps),
					[3, height * tokenEdge, width * tokenEdge],
				),
				places: placesOf(height, width),
				far_key: { shape: [1, keyChannels, far.tokens], data: far.key },
				far_value: stacked(
					objects.map((object) => object.far.value),
					[valueChannels, far.tokens],
				),
				near_key: { shape: [1, keyChannels, near.tokens], data: near.key },
				near_value: stacked(
					objects.map((object) => object.near.value),
					[valueChannels, near.tokens],
				),
			},
			signal,
		);
		const logits = unstacked(present(outputs['logits'], 'logits'), objects.length);
		const scores = unstacked(present(outputs['score'], 'score'), objects.length);
		return logits.map((each, index) => {
			const [objectScore, iouLogit] = scores[index] as unknown as [number, number];
			return { logits: each, objectScore, iouLogit };
		});
	}

	/** The mask of a window of the picture, from the six planes that `promptMaps` draws. */
	async prompt(frame: Planes, maps: Float32Array, signal: AbortSignal): Promise<Prompted> {
		const { width, height } = frame;
		const inputs = {
			image: { shape: [1, 3, height, width], data: channelsFirst(frame) },
			maps: { shape: [1, 6, height, width], data: maps },
		};
		const outputs = await this.#run('prompter', inputs, signal);
		return { logits: present(outputs['logits'], 'logits').data, iouLogit: present(outputs['score'], 'score').data[0]! };
	}

	async dispose(): Promise<void> {
		const open = [...this.#sessions.values()];
		this.#sessions.clear();
		for (const session of await Promise.allSettled(open)) {
			if (session.status === 'fulfilled') {
				await session.value.dispose();
			}
		}
	}

	async #run(name: BuiltinGraph, inputs: Record<string, Tensor>, signal: AbortSignal): Promise<Record<string, Tensor>> {
		signal.throwIfAborted();
		let loading = this.#sessions.get(name);
		if (loading === undefined) {
			loading = this.#createSession(name, signal);
			this.#sessions.set(name, loading);
			loading.catch(() => this.#sessions.delete(name));
		}
		const session = await loading;
		signal.throwIfAborted();
		return session.run(inputs);
	}
}

function gridOf({ f8 }: Features): [number, number] {
	const [, , height, width] = f8.shape as [number, number, number, number];
	return [height, width];
}

/** One tensor of several objects' numbers, which have `shape` each. */
function stacked(each: readonly Float32Array[], shape: readonly number[]): Tensor {
	if (each.length === 1) {
		return { shape: [1, ...shape], data: each[0]! };
	}
	const size = each[0]!.length;
	const data = new Float32Array(each.length * size);
	each.forEach((part, index) => data.set(part, index * size));
	return { shape: [each.length, ...shape], data };
}

function unstacked({ data }: Tensor, count: number): Float32Array[] {
	const size = data.length / count;
	return Array.from({ length: count }, (_, index) => data.subarray(index * size, (index + 1) * size));
}

/** Several frames as one to read. */
export function together(frames: readonly Remembered[]): Remembered {
	if (frames.length === 1) {
		return frames[0]!;
	}
	const tokens = frames.reduce((sum, frame) => sum + frame.tokens, 0);
	const joined = (channels: number, part: 'key' | 'value') => {
		const out = new Float32Array(channels * tokens);
		let column = 0;
		for (const frame of frames) {
			for (let channel = 0; channel < channels; channel++) {
				const row = frame[part].subarray(channel * frame.tokens, (channel + 1) * frame.tokens);
				out.set(row, channel * tokens + column);
			}
			column += frame.tokens;
		}
		return out;
	};
	return { tokens, key: joined(keyChannels, 'key'), value: joined(valueChannels, 'value') };
}

/** [3, H, W], 0 to 255; the graph itself takes mean and deviation off. */
function channelsFirst(frame: Planes): Float32Array {
	const area = frame.width * frame.height;
	const data = new Float32Array(3 * area);
	for (let at = 0, from = 0; at < area; at++, from += 3) {
		data[at] = frame.rgb[from]!;
		data[area + at] = frame.rgb[from + 1]!;
		data[2 * area + at] = frame.rgb[from + 2]!;
	}
	return data;
}

/** Where each token is, in tokens: [N, 2], x and y. */
function placesOf(height: number, width: number): Tensor {
	const data = new Float32Array(2 * height * width);
	for (let token = 0; token < height * width; token++) {
		data[2 * token] = token % width;
		data[2 * token + 1] = Math.floor(token / width);
	}
	return { shape: [height * width, 2], data };
}
