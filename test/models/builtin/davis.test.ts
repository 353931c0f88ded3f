import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { decode } from 'fast-png';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { createBuiltinTracker } from '../../../models/builtin/builtin-tracker.ts';
import type { RgbPicture } from '../../../preload/common/picture.ts';

const root = resolve('../shared/data/davis');
const sequences = ['blackswan', 'camel', 'car-shadow', 'dog', 'libby', 'parkour'];
/** Frames looked at of each; DAVIS_FRAMES=all for the figures of the README, which takes minutes. */
const frameLimit = process.env['DAVIS_FRAMES'] === 'all' ? Infinity : Number(process.env['DAVIS_FRAMES'] ?? 16);

function framesOf(sequence: string): string[] {
	return readdirSync(`${root}/JPEGImages/480p/${sequence}`)
		.sort()
		.slice(0, frameLimit)
		.map((file) => file.replace('.jpg', ''));
}

async function pictureOf(sequence: string, frame: string): Promise<RgbPicture> {
	const { data, info } = await sharp(`${root}/JPEGImages/480p/${sequence}/${frame}.jpg`)
		.removeAlpha()
		.raw()
		.toBuffer({ resolveWithObject: true });
	return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** The true mask, 0 or 1 a pixel. */
function truthOf(sequence: string, frame: string): Uint8Array {
	const { data, width, height } = decode(readFileSync(`${root}/Annotations/480p/${sequence}/${frame}.png`));
	const channels = data.length / (width * height);
	return Uint8Array.from({ length: width * height }, (_, at) => (data[at * channels]! > 0 ? 1 : 0));
}

function iou(one: Uint8Array, other: Uint8Array): number {
	let both = 0;
	let either = 0;
	for (let at = 0; at < one.length; at++) {
		both += one[at]! & other[at]!;
		either += one[at]! | other[at]!;
	}
	return either === 0 ? 1 : both / either;
}

test.skipIf(!existsSync(root))(
	'the built-in tracker carries the first true mask through DAVIS (skipped without ../shared/data)',
	async () => {
		const tracker = await createBuiltinTracker();
		const signal = new AbortController().signal;
		const means = new Map<string, number>();
		let slack = 0;
		let count = 0;
		for (const sequence of sequences) {
			const frames = framesOf(sequence);
			const { width, height } = await pictureOf(sequence, frames[0]!);
			const lastFrameIndex = frames.length - 1;
			const reached: number[] = [];
			let sum = 0;
			for await (const tracked of tracker.track(
				{
					direction: 'forward',
					frameCount: frames.length,
					width,
					height,
					videoKey: sequence,
					pictureAt: (frameIndex) => pictureOf(sequence, frames[frameIndex]!),
					objects: [
						{
							trackId: 1,
							anchors: [{ frameIndex: 0, mask: { width, height, data: truthOf(sequence, frames[0]!) }, prompts: [] }],
							segments: [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex }],
						},
					],
				},
				signal,
			)) {
				const j = iou(tracked.mask.data, truthOf(sequence, frames[tracked.frameIndex]!));
				sum += j;
				count++;
				reached.push(tracked.frameIndex);
				slack += Math.abs(tracked.scores.predictedIou! - j);
				expect(tracked.mask.data.includes(1)).toBe(tracked.presence !== 'absent');
			}
			expect(reached).toEqual(Array.from({ length: lastFrameIndex }, (_, index) => index + 1));
			means.set(sequence, sum / lastFrameIndex);
		}
		const mean = [...means.values()].reduce((sum, value) => sum + value, 0) / means.size;
		console.log(
			[...means].map(([sequence, j]) => `${sequence} ${j.toFixed(3)}`).join(', '),
			`mean J ${mean.toFixed(3)}, mean error of predicted IoU ${(slack / count).toFixed(3)}`,
		);
		expect(mean).toBeGreaterThan(frameLimit === Infinity ? 0.6 : 0.8);
		for (const [sequence, j] of means) {
			expect(j, sequence).toBeGreaterThan(frameLimit === Infinity ? 0.4 : 0.65);
		}
	},
	600_000,
);
