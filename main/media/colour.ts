import type { RgbPicture } from '../../preload/common/picture.ts';
import type { DecodedFrame } from '../../preload/rpc/decoder.ts';
import type { ColourFacts } from './media-source.ts';

/**
 * The colour reading of a video: what its container or bitstream says, else what such a size is by custom.
 * @param said as WebCodecs names it; parts may be missing
 */
export function colourFacts(
	said: { matrix?: string | null | undefined; fullRange?: boolean | null | undefined },
	codedHeight: number,
): ColourFacts {
	const matrix = matrices[said.matrix ?? ''];
	return {
		matrix: matrix ?? (codedHeight >= 720 ? 'bt709' : 'bt601'),
		range: said.fullRange ? 'full' : 'limited',
		isAssumed: matrix === undefined,
	};
}

const matrices: { [said: string]: ColourFacts['matrix'] } = {
	rgb: 'rgb',
	bt709: 'bt709',
	bt470bg: 'bt601',
	smpte170m: 'bt601',
	'bt2020-ncl': 'bt2020',
};

export type Turn = {
	/** Clockwise: 0, 90, 180 or 270. */
	rotationDegrees: number;
	/** Mirrored left to right, after the turn. */
	isFlipped: boolean;
};

/**
 * A decoded frame as an upright 8-bit RGB picture: Y'CbCr to R'G'B' by the matrix (ITU-R BT.601-7, BT.709-6, BT.2020-2)
 * and range, a chroma sample for every pixel that it covers, no change of primaries or transfer.
 */
export function rgbFromFrame(frame: DecodedFrame, colour: ColourFacts, turn: Turn): RgbPicture {
	const { width, height, data, layout } = frame;
	const isSideways = turn.rotationDegrees % 180 !== 0;
	const picture = {
		width: isSideways ? height : width,
		height: isSideways ? width : height,
		data: new Uint8Array(width * height * 3),
	};
	const rgb = new Uint8ClampedArray(picture.data.buffer);
	const { start, perColumn, perRow } = targetSteps(width, height, turn);
	if (layout === 'RGB') {
		for (let row = 0, from = 0; row < height; row++) {
			for (let column = 0, to = start + row * perRow; column < width; column++, from += 3, to += perColumn) {
				rgb[to] = data[from]!;
				rgb[to + 1] = data[from + 1]!;
				rgb[to + 2] = data[from + 2]!;
			}
		}
		return picture;
	}
	const shiftX = layout === 'I444' ? 0 : 1;
	const shiftY = layout === 'I420' ? 1 : 0;
	const chromaWidth = (width + shiftX) >> shiftX;
	const chromaHeight = (height + shiftY) >> shiftY;
	const firstPlane = width * height;
	const secondPlane = firstPlane + chromaWidth * chromaHeight;
	if (colour.matrix === 'rgb') {
		// Planes are G, B, R, which are always of full size.
		const level = levelTable(colour.range).map((value) => value >> 16);
		for (let row = 0, from = 0; row < height; row++) {
			for (let column = 0, to = start + row * perRow; column < width; column++, from++, to += perColumn) {
				const chroma = (row >> shiftY) * chromaWidth + (column >> shiftX);
				rgb[to] = level[data[secondPlane + chroma]!]!;
				rgb[to + 1] = level[data[from]!]!;
				rgb[to + 2] = level[data[firstPlane + chroma]!]!;
			}
		}
		return picture;
	}
	const { level, redV, greenU, greenV, blueU } = conversionTables(colour.matrix, colour.range);
	for (let row = 0, luma = 0; row < height; row++) {
		const chromaRow = (row >> shiftY) * chromaWidth;
		for (let column = 0, to = start + row * perRow; column < width; column++, luma++, to += perColumn) {
			const chroma = chromaRow + (column >> shiftX);
			const y = level[data[luma]!]!;
			const u = data[firstPlane + chroma]!;
			const v = data[secondPlane + chroma]!;
			// 16 fractional bits; the clamped array cuts to 0..255.
			rgb[to] = (y + redV[v]!) >> 16;
			rgb[to + 1] = (y + greenU[u]! + greenV[v]!) >> 16;
			rgb[to + 2] = (y + blueU[u]!) >> 16;
		}
	}
	return picture;
}

/** Where pixel (0, 0) of the source goes in the target's bytes, and how far a step right or down goes from there. */
function targetSteps(width: number, height: number, turn: Turn): { start: number; perColumn: number; perRow: number } {
	const targetWidth = turn.rotationDegrees % 180 === 0 ? width : height;
	// Target column and row of source pixel (column, row).
	const place = (column: number, row: number): number => {
		const [x, y] =
			turn.rotationDegrees === 90
				? [height - 1 - row, column]
				: turn.rotationDegrees === 180
					? [width - 1 - column, height - 1 - row]
					: turn.rotationDegrees === 270
						? [row, width - 1 - column]
						: [column, row];
		return 3 * (y * targetWidth + (turn.isFlipped ? targetWidth - 1 - x : x));
	};
	const start = place(0, 0);
	return { start, perColumn: place(1, 0) - start, perRow: place(0, 1) - start };
}

/** Weights of red and blue in luma. */
const lumaWeights = {
	bt601: [0.299, 0.114],
	bt709: [0.2126, 0.0722],
	bt2020: [0.2627, 0.0593],
} as const;

/** What every sample value adds to a channel, with 16 fractional bits. */
function conversionTables(matrix: keyof typeof lumaWeights, range: ColourFacts['range']) {
	const [red, blue] = lumaWeights[matrix];
	const green = 1 - red - blue;
	const span = range === 'full' ? 255 : 224;
	const chromaTable = (weight: number) => fixedTable((sample) => (weight * 255 * (sample - 128)) / span);
	return {
		level: levelTable(range),
		redV: chromaTable(2 * (1 - red)),
		greenU: chromaTable((-2 * (1 - blue) * blue) / green),
		greenV: chromaTable((-2 * (1 - red) * red) / green),
		blueU: chromaTable(2 * (1 - blue)),
	};
}

/** Level of luma, or of a plane of red, green or blue; with the half that rounds. */
function levelTable(range: ColourFacts['range']): Int32Array {
	return fixedTable((sample) => (range === 'full' ? sample : (255 * (sample - 16)) / 219) + 0.5);
}

function fixedTable(value: (sample: number) => number): Int32Array {
	return Int32Array.from({ length: 256 }, (_, sample) => Math.round(value(sample) * 65536));
}
