import type { RgbPicture } from '../../preload/common/picture.ts';

/*
 * A picture as the image encoder wants it: resized to the square with the antialiased bicubic filter that the
 * network was trained with (8-bit fixed point, rows first, each pass rounded to bytes), then normalized.
 */

const PRECISION_BITS = 22;
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;

/** [3, size, size] */
export function pictureInput(picture: RgbPicture, size: number): Float32Array {
	const bytes = resizeRgb(picture, size, size).data;
	const input = new Float32Array(3 * size * size);
	const area = size * size;
	for (let channel = 0; channel < 3; channel++) {
		const mean = Math.fround(MEAN[channel]!);
		const deviation = Math.fround(DEVIATION[channel]!);
		const table = Float32Array.from({ length: 256 }, (_, byte) => {
			return Math.fround(Math.fround(byte / 255) - mean) / deviation;
		});
		const plane = input.subarray(channel * area, (channel + 1) * area);
		for (let pixel = 0; pixel < area; pixel++) {
			plane[pixel] = table[bytes[pixel * 3 + channel]!]!;
		}
	}
	return input;
}

/** Bicubic with antialiasing, as the reference's picture library does it, byte for byte. */
export function resizeRgb(picture: RgbPicture, width: number, height: number): RgbPicture {
	const wide = width === picture.width ? picture : resizeRows(picture, width);
	return height === wide.height ? wide : resizeColumns(wide, height);
}

type Taps = { start: Int32Array; count: Int32Array; weights: Int32Array; stride: number };

function resizeRows(picture: RgbPicture, width: number): RgbPicture {
	const taps = bicubicTaps(picture.width, width);
	const data = new Uint8Array(width * picture.height * 3);
	for (let row = 0; row < picture.height; row++) {
		const source = picture.data.subarray(row * picture.width * 3, (row + 1) * picture.width * 3);
		for (let column = 0; column < width; column++) {
			const first = taps.start[column]! * 3;
			const weightAt = column * taps.stride;
			let red = 1 << (PRECISION_BITS - 1);
			let green = red;
			let blue = red;
			for (let tap = 0, at = first; tap < taps.count[column]!; tap++, at += 3) {
				const weight = taps.weights[weightAt + tap]!;
				red += source[at]! * weight;
				green += source[at + 1]! * weight;
				blue += source[at + 2]! * weight;
			}
			const to = (row * width + column) * 3;
			data[to] = toByte(red);
			data[to + 1] = toByte(green);
			data[to + 2] = toByte(blue);
		}
	}
	return { width, height: picture.height, data };
}

function resizeColumns(picture: RgbPicture, height: number): RgbPicture {
	const taps = bicubicTaps(picture.height, height);
	const rowBytes = picture.width * 3;
	const data = new Uint8Array(rowBytes * height);
	const sums = new Int32Array(rowBytes);
	for (let row = 0; row < height; row++) {
		sums.fill(1 << (PRECISION_BITS - 1));
		for (let tap = 0; tap < taps.count[row]!; tap++) {
			const weight = taps.weights[row * taps.stride + tap]!;
			const source = picture.data.subarray(
				(taps.start[row]! + tap) * rowBytes,
				(taps.start[row]! + tap + 1) * rowBytes,
			);
			for (let at = 0; at < rowBytes; at++) {
				sums[at]! += source[at]! * weight;
			}
		}
		for (let at = 0, to = row * rowBytes; at < rowBytes; at++, to++) {
			data[to] = toByte(sums[at]!);
		}
	}
	return { width: picture.width, height, data };
}

function toByte(sum: number): number {
	return Math.min(255, Math.max(0, sum >> PRECISION_BITS));
}

/** For each output the first input, the number of inputs and their fixed-point weights. */
function bicubicTaps(inputs: number, outputs: number): Taps {
	const scale = inputs / outputs;
	const filterScale = Math.max(scale, 1);
	const support = 2 * filterScale;
	const stride = Math.ceil(support) * 2 + 1;
	const taps = {
		start: new Int32Array(outputs),
		count: new Int32Array(outputs),
		weights: new Int32Array(outputs * stride),
		stride,
	};
	for (let output = 0; output < outputs; output++) {
		const centre = (output + 0.5) * scale;
		const start = Math.max(0, Math.trunc(centre - support + 0.5));
		const count = Math.min(inputs, Math.trunc(centre + support + 0.5)) - start;
		const weights = Array.from({ length: count }, (_, tap) =>
			bicubic((tap + start - centre + 0.5) * (1 / filterScale)),
		);
		const sum = weights.reduce((total, weight) => total + weight, 0);
		taps.start[output] = start;
		taps.count[output] = count;
		weights.forEach((weight, tap) => {
			const scaled = weight * (1 / sum) * 2 ** PRECISION_BITS;
			taps.weights[output * stride + tap] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
		});
	}
	return taps;
}

function bicubic(x: number): number {
	const a = -0.5;
	const distance = Math.abs(x);
	if (distance < 1) {
		return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
	}
	return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * a : 0;
}
