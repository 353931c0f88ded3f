import { present } from '../../preload/common/assert.ts';
import type { CreateSession, Session, Tensor } from '../predict/session.ts';
import type { Window } from './window.ts';
import type { Planes } from './working-frame.ts';

export type BuiltinGraph = 'encoder' | 'memory' | 'carrier' | 'prompter';

/** Tokens are places of 8 x 8 working pixels. */
export const tokenEdge = 8;
const keyChannels = 48;
const valueChannels = 80;

/** A picture, or a window of it, of H x W working pixels, as tokens. */
export type Tokens = {
	/** [1, 96, H/8, W/8] */
	f8: Tensor;
	/** [1, 48, H/8, W/8] */
	key: Tensor;
};

/** What the encoder makes of a picture, or of a window of it, of H x W working pixels. */
export type Features = Tokens & {
	/** [1, 48, H/4, W/4] */
	s4: Tensor;
	/** [1, 16, H/2, W/2] */
	s2: Tensor;
};

/** One frame with its mask, to be read by others: a key and a value a token, channels outermost. */
export type Remembered = { tokens: number; key: Float32Array; value: Float32Array };

export type CarryRequest = {
	/** Three planes: the mask before (0 to 1), and the colour odds of anchors and of recent frames. */
	maps: Float32Array;
	/** Any frames that are sure, whole. */
	far: Remembered;
	/** The frame before, the same window of it. */
	near: Remembered;
};

export type Carried = {
	/** Logits of the mask, a working pixel of the window each. */
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

	/** A mask on this picture, 0 to 1 a working pixel, as what is to be read of it later. */
	async remember({ f8, key }: Tokens, probability: Float32Array, signal: AbortSignal): Promise<Remembered> {
		const [height, width] = gridOf(f8);
		const mask = { shape: [1, 1, height * tokenEdge, width * tokenEdge], data: probability };
		const outputs = await this.#run('memory', { f8, probability: mask }, signal);
		return { tokens: height * width, key: key.data, value: present(outputs['value'], 'value').data };
	}

	/** An object's mask on one frame, or in a window of it. */
	async carry(features: Features, object: CarryRequest, signal: AbortSignal): Promise<Carried> {
		const { f8, key, s4, s2 } = features;
		const { maps, far, near } = object;
		const [height, width] = gridOf(f8);
		const tokensOf = (data: Float32Array, channels: number) => ({ shape: [1, channels, data.length / channels], data });
		const inputs = {
			f8,
			key,
			s4,
			s2,
			maps: { shape: [1, 3, height * tokenEdge, width * tokenEdge], data: maps },
			places: placesOf(height, width),
			far_key: tokensOf(far.key, keyChannels),
			far_value: tokensOf(far.value, valueChannels),
			near_key: tokensOf(near.key, keyChannels),
			near_value: tokensOf(near.value, valueChannels),
		};
		const outputs = await this.#run('carrier', inputs, signal);
		const [objectScore, iouLogit] = present(outputs['score'], 'score').data as unknown as [number, number];
		return { logits: present(outputs['logits'], 'logits').data, objectScore, iouLogit };
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

function gridOf(level: Tensor): [number, number] {
	const [, , height, width] = level.shape as [number, number, number, number];
	return [height, width];
}

/** What is remembered of a frame, in a window of whole tokens. */
export function cropTokens({ f8, key }: Features, window: Window): Tokens {
	return { f8: cropTensor(f8, window, tokenEdge), key: cropTensor(key, window, tokenEdge) };
}

/** A frame's features in a window of whole tokens. */
export function cropFeatures(features: Features, window: Window): Features {
	const s4 = cropTensor(features.s4, window, tokenEdge / 2);
	const s2 = cropTensor(features.s2, window, tokenEdge / 4);
	return { ...cropTokens(features, window), s4, s2 };
}

/** The window of a [1, C, h, w] tensor with a place for each `pixels` x `pixels` working pixels. */
function cropTensor(tensor: Tensor, window: Window, pixels: number): Tensor {
	const [, channels, height, width] = tensor.shape as [number, number, number, number];
	const [left, top] = [window.left / pixels, window.top / pixels];
	const [wide, high] = [window.width / pixels, window.height / pixels];
	if (wide === width && high === height) {
		return tensor;
	}
	const data = new Float32Array(channels * high * wide);
	let to = 0;
	for (let channel = 0; channel < channels; channel++) {
		for (let row = top; row < top + high; row++, to += wide) {
			const from = (channel * height + row) * width + left;
			data.set(tensor.data.subarray(from, from + wide), to);
		}
	}
	return { shape: [1, channels, high, wide], data };
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
