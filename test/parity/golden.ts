import { readFileSync } from 'node:fs';
import { miniatureConfig, sam2Config } from '../../models/sam2/config.ts';
import type { Sam2Config, Sam2Size, Sam2Version } from '../../models/sam2/config.ts';

/** Largest magnitude, and every `stride`-th number as base64 of float32. */
export type Sampled = { count: number; stride: number; max: number; data: string };

export type GoldenEntry = {
	object: number;
	frame: number;
	/** COCO's compressed counts, at the size of the video. */
	mask: string;
	logits: Sampled;
	pointer: Sampled;
	score: number;
	memory?: Sampled;
};

export type Golden = {
	/** Of every key with its shape. */
	tensorsHash: number;
	resizedHash: number;
	features: { f: Sampled; s0: Sampled; s1: Sampled };
	scenarios: Record<string, GoldenEntry[][]>;
};

export type Step =
	| {
			op: 'points';
			object: number;
			frame: number;
			points: [number, number][];
			labels: number[];
			box?: [number, number, number, number];
			/** The frame's earlier points stay. */
			isMore?: boolean;
	  }
	| { op: 'mask'; object: number; frame: number; ellipse: number[] }
	| { op: 'track'; start: number; direction: 'forward' | 'backward'; count?: number };

export type ParityConfig = {
	imageSize: number;
	width: number;
	height: number;
	frames: number;
	hidden: number[];
	seed: number;
	objectScoreBias: number;
	scenarios: string[];
	/** `test`: part of every test run; `report`: of `npm run parity` alone. */
	when: 'test' | 'report';
};

type Spec = { configs: Record<string, ParityConfig>; scenarios: Record<string, Step[]> };

export const spec = JSON.parse(readFileSync(new URL('scenarios.json', import.meta.url), 'utf8')) as Spec;

export function readGolden(name: string): Golden {
	return JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8')) as Golden;
}

/** "tiny-2.1-512" with the image size of the parity configuration. */
export function networkOf(name: string, parity: ParityConfig): Sam2Config {
	const [size, version] = name.split('-') as [Sam2Size, Sam2Version];
	if (size === 'miniature') {
		return { ...miniatureConfig(version), imageSize: parity.imageSize };
	}
	return sam2Config(size, { version, imageSize: parity.imageSize });
}

/** max|a - b| / max|b| at the samples. */
export function relativeError(ours: Float32Array, golden: Sampled): number {
	if (ours.length !== golden.count) {
		throw new Error(`${ours.length} numbers, the golden tensor has ${golden.count}`);
	}
	const bytes = Buffer.from(golden.data, 'base64');
	let largest = 0;
	for (let index = 0; index * 4 < bytes.length; index++) {
		largest = Math.max(largest, Math.abs(ours[index * golden.stride]! - bytes.readFloatLE(index * 4)));
	}
	return largest === 0 ? 0 : largest / golden.max;
}
