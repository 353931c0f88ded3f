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
 * and range, a chroma sample for every pixel that it covers, no change of primaries or transfer. Large pictures are
 * made in turns, so that the thread is never held for long.
 */
export async function rgbFromFrame(frame: DecodedFrame, colour: ColourFacts, turn: Turn): Promise<RgbPicture> {
	const { width, height } = frame;
	const isSideways = turn.rotationDegrees % 180 !== 0;
	const data = new Uint8Array(width * height * 3);
	const convertRow = rowConverter(frame, colour, {
		rgb: new Uint8ClampedArray(data.buffer),
		...targetSteps(width, height, turn),
	});
	const rowsInTurn = Math.ceil(pixelsInTurn / width);
	for (let row = 0; row < height; row++) {
		convertRow(row);
		if (row % rowsInTurn === rowsInTurn - 1) {
			await new Promise(setImmediate);
		}
	}
	return { width: isSideways ? height : width, height: isSideways ? width : height, data };
}

/** A few milliseconds of work; a picture of 720p is one turn. */
const pixelsInTurn = 1 << 20;

type Target = { rgb: Uint8ClampedArray; start: number; perColumn: number; perRow: number };

function rowConverter(frame: DecodedFrame, colour: ColourFacts, target: Target): (row: number) => void {
	if (frame.layout === 'RGB') {
		return packedRow(frame, target);
	}
	return colour.matrix === 'rgb'
		? greenBlueRedRow(frame, levelTable(colour.range), target)
		: chromaRow(frame, conversionTables(colour.matrix, colour.range), target);
}

function packedRow({ width, data }: DecodedFrame, { rgb, start, perColumn, perRow }: Target) {
	return (row: number) => {
		for (let from = 3 * row * width, end = from + 3 * width, to = start + row * perRow; from < end; to += perColumn) {
			rgb[to] = data[from++]!;
			rgb[to + 1] = data[from++]!;
			rgb[to + 2] = data[from++]!;
		}
	};
}

/** Planes of green, blue and red, which are always of full size. */
function greenBlueRedRow({ width, height, data }: DecodedFrame, level: Int32Array, target: Target) {
	const { rgb, start, perColumn, perRow } = target;
	const planeBytes = width * height;
	return (row: number) => {
		for (let from = row * width, end = from + width, to = start + row * perRow; from < end; from++, to += perColumn) {
			rgb[to] = level[data[from + 2 * planeBytes]!]! >> 16;
			rgb[to + 1] = level[data[from]!]! >> 16;
			rgb[to + 2] = level[data[from + planeBytes]!]! >> 16;
		}
	};
}

function chromaRow(frame: DecodedFrame, tables: ReturnType<typeof conversionTables>, target: Target) {
	const { width, height, data, layout } = frame;
	const { rgb, start, perColumn, perRow } = target;
	const { level, redV, greenU, greenV, blueU } = tables;
	const shiftX = layout === 'I444' ? 0 : 1;
	const shiftY = layout === 'I420' ? 1 : 0;
	const chromaWidth = (width + shiftX) >> shiftX;
	const chromaBytes = chromaWidth * ((height + shiftY) >> shiftY);
	return (row: number) => {
		let luma = row * width;
		let to = start + row * perRow;
		let chroma = width * height + (row >> shiftY) * chromaWidth;
		for (let column = 0; column < width; chroma++) {
			const u = data[chroma]!;
			const v = data[chroma + chromaBytes]!;
			const red = redV[v]!;
			const green = greenU[u]! + greenV[v]!;
			const blue = blueU[u]!;
			for (const end = Math.min(width, column + 1 + shiftX); column < end; column++, to += perColumn) {
				const y = level[data[luma++]!]!;
				// 16 fractional bits; the clamped array cuts to 0..255.
				rgb[to] = (y + red) >> 16;
				rgb[to + 1] = (y + green) >> 16;
				rgb[to + 2] = (y + blue) >> 16;
			}
		}
	};
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
