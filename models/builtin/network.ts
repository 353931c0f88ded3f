import { present } from '../../preload/common/assert.ts';
import type { CreateSession, Session, Tensor } from '../predict/session.ts';
import type { Planes } from './network-frame.ts';

export type BuiltinGraph = 'encoder' | 'memory' | 'carrier';

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

export type Carried = {
	/** Logits of the mask, a working pixel each. */
	logits: Float32Array;
	/** Logit of "the object is on this frame". */
	objectScore: number;
	/** Logit of the IoU with the truth. */
	iouLogit: number;
};

/** The graphs of `training/network.py` as functions; sessions are loaded when first needed. */
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

	/** `probability` is the mask, 0 to 1 a working pixel. */
	async remember(features: Features, probability: Float32Array, signal: AbortSignal): Promise<Remembered> {
		const [, , height, width] = features.f8.shape as [number, number, number, number];
		const shape = [1, 1, height * tokenEdge, width * tokenEdge];
		const inputs = { f8: features.f8, probability: { shape, data: probability } };
		const value = present((await this.#run('memory', inputs, signal))['value'], 'value');
		return { tokens: height * width, key: features.key.data, value: value.data };
	}

	/**
	 * The mask of a frame. `maps` are three planes: the mask before (0 to 1), and the colour odds of anchors and of
	 * recent frames. `near` is the frame before; `far` any frames that are sure.
	 */
	async carry(
		features: Features,
		request: { maps: Float32Array; far: Remembered; near: Remembered },
		signal: AbortSignal,
	): Promise<Carried> {
		const { f8, key, s4, s2 } = features;
		const { maps, far, near } = request;
		const [, , height, width] = f8.shape as [number, number, number, number];
		const outputs = await this.#run(
			'carrier',
			{
				f8,
				key,
				s4,
				s2,
				maps: { shape: [1, 3, height * tokenEdge, width * tokenEdge], data: maps },
				places: placesOf(height, width),
				far_key: { shape: [1, keyChannels, far.tokens], data: far.key },
				far_value: { shape: [1, valueChannels, far.tokens], data: far.value },
				near_key: { shape: [1, keyChannels, near.tokens], data: near.key },
				near_value: { shape: [1, valueChannels, near.tokens], data: near.value },
			},
			signal,
		);
		const [objectScore, iouLogit] = present(outputs['score'], 'score').data as unknown as [number, number];
		return { logits: present(outputs['logits'], 'logits').data, objectScore, iouLogit };
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
