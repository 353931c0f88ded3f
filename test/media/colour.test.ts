import { expect, test } from 'vitest';
import { colourFacts, rgbFromFrame } from '../../main/media/colour.ts';
import type { ColourFacts } from '../../main/media/media-source.ts';
import type { DecodedFrame, PlanarLayout } from '../../preload/rpc/decoder.ts';

const upright = { rotationDegrees: 0, isFlipped: false };

function frameOf(layout: PlanarLayout, width: number, height: number, data: number[]): DecodedFrame {
	return { frameIndex: 0, layout, width, height, data: Uint8Array.from(data), matrix: null, isFullRange: null };
}

async function colourOf(sample: [number, number, number], matrix: ColourFacts['matrix'], range: ColourFacts['range']) {
	const frame = frameOf('I444', 1, 1, sample);
	return [...(await rgbFromFrame(frame, { matrix, range, isAssumed: false }, upright)).data];
}

test('matrices and ranges give the colours of the standards', async () => {
	// Black, white and grey are the same in every matrix; what is beyond is cut.
	for (const matrix of ['bt601', 'bt709', 'bt2020'] as const) {
		expect(await colourOf([16, 128, 128], matrix, 'limited')).toEqual([0, 0, 0]);
		expect(await colourOf([235, 128, 128], matrix, 'limited')).toEqual([255, 255, 255]);
		expect(await colourOf([126, 128, 128], matrix, 'limited')).toEqual([128, 128, 128]);
		expect(await colourOf([255, 128, 128], matrix, 'limited')).toEqual([255, 255, 255]);
		expect(await colourOf([77, 128, 128], matrix, 'full')).toEqual([77, 77, 77]);
	}
	// Pure red and blue as 8-bit Y'CbCr: rounding of the samples leaves a step.
	expect(await colourOf([81, 90, 240], 'bt601', 'limited')).toEqual([254, 0, 0]);
	expect(await colourOf([63, 102, 240], 'bt709', 'limited')).toEqual([255, 1, 0]);
	expect(await colourOf([32, 240, 118], 'bt709', 'limited')).toEqual([1, 0, 255]);
	expect(await colourOf([74, 97, 240], 'bt2020', 'limited')).toEqual([255, 0, 1]);
	expect(await colourOf([76, 85, 255], 'bt601', 'full')).toEqual([254, 0, 0]);
	// Planes of an RGB video are G, B, R.
	expect(await colourOf([10, 20, 30], 'rgb', 'full')).toEqual([30, 10, 20]);
});

test('odd sizes, subsampling, turns and mirrors put every pixel in its place', async () => {
	const facts: ColourFacts = { matrix: 'bt709', range: 'full', isAssumed: false };
	const luma = [1, 2, 3, 4, 5, 6];
	const reds = async (frame: DecodedFrame, turn = upright) => {
		const { width, height, data } = await rgbFromFrame(frame, facts, turn);
		return { width, height, red: [...data].filter((_, i) => i % 3 === 0) };
	};
	// 3 x 2, whose chroma is 2 x 1, 2 x 2 and 3 x 2.
	const frames = [
		frameOf('I420', 3, 2, [...luma, ...Array(4).fill(128)]),
		frameOf('I422', 3, 2, [...luma, ...Array(8).fill(128)]),
		frameOf('I444', 3, 2, [...luma, ...Array(12).fill(128)]),
		frameOf(
			'RGB',
			3,
			2,
			luma.flatMap((value) => [value, 0, 0]),
		),
	];
	for (const frame of frames) {
		expect(await reds(frame)).toEqual({ width: 3, height: 2, red: [1, 2, 3, 4, 5, 6] });
		const turned = (rotationDegrees: number, isFlipped = false) => reds(frame, { rotationDegrees, isFlipped });
		expect(await turned(90)).toEqual({ width: 2, height: 3, red: [4, 1, 5, 2, 6, 3] });
		expect(await turned(180)).toEqual({ width: 3, height: 2, red: [6, 5, 4, 3, 2, 1] });
		expect(await turned(270)).toEqual({ width: 2, height: 3, red: [3, 6, 2, 5, 1, 4] });
		expect(await turned(0, true)).toEqual({ width: 3, height: 2, red: [3, 2, 1, 6, 5, 4] });
		expect(await turned(90, true)).toEqual({ width: 2, height: 3, red: [1, 4, 2, 5, 3, 6] });
	}
	// The third column has a chroma sample of its own: Cr 228 adds 2 (1 - 0.2126) 100.
	const lit = frameOf('I420', 3, 2, [...luma, 128, 128, 128, 228]);
	expect(await reds(lit)).toEqual({ width: 3, height: 2, red: [1, 2, 160, 4, 5, 163] });
});

test('what the file does not say is taken from its size, and recorded as that', () => {
	expect(colourFacts({ matrix: 'smpte170m', fullRange: true }, 1080)).toEqual({
		matrix: 'bt601',
		range: 'full',
		isAssumed: false,
	});
	expect(colourFacts({}, 720)).toEqual({ matrix: 'bt709', range: 'limited', isAssumed: true });
	expect(colourFacts({ matrix: null, fullRange: null }, 480)).toEqual({
		matrix: 'bt601',
		range: 'limited',
		isAssumed: true,
	});
});
