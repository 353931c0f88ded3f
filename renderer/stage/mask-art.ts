import { rleBounds, type Rle } from '../../preload/common/rle.ts';
import { maskLoops, smoothLoop } from './mask-outline.ts';

/** The border as paths in image space: along the pixels for who looks at them, smooth from farther away. */
export type Outline = { exact: Path2D; smooth: Path2D };

/** A mask ready to be drawn: a tinted picture of its bounding box, and its border. */
export type MaskArt = { x: number; y: number; picture: OffscreenCanvas; outline: Outline };

/** Keeps the drawings of masks as long as the masks themselves are. */
export class MaskArts {
	readonly #arts = new WeakMap<Rle, { colour: string; art: MaskArt | null }>();

	/** Null for an empty mask. */
	of(rle: Rle, colour: string): MaskArt | null {
		const known = this.#arts.get(rle);
		if (known?.colour === colour) {
			return known.art;
		}
		const art = drawMask(rle, colour, known?.art?.outline);
		this.#arts.set(rle, { colour, art });
		return art;
	}
}

function drawMask(rle: Rle, colour: string, outline: Outline | undefined): MaskArt | null {
	const [x, y, width, height] = rleBounds(rle);
	if (width === 0 || height === 0) {
		return null;
	}
	const picture = new OffscreenCanvas(width, height);
	const context = picture.getContext('2d')!;
	const pixels = context.createImageData(width, height);
	fillPixels(new Uint32Array(pixels.data.buffer), rle, { x, y, width, colour });
	context.putImageData(pixels, 0, 0);
	return { x, y, picture, outline: outline ?? outlineOf(rle) };
}

/** Sets the mask's pixels within its box, run by run. `pixels` are RGBA words, little-endian. */
function fillPixels(pixels: Uint32Array, rle: Rle, box: { x: number; y: number; width: number; colour: string }): void {
	const word = abgr(box.colour);
	const { height, counts } = rle;
	let position = 0;
	for (let index = 0; index < counts.length; index++) {
		const end = position + counts[index]!;
		if (index % 2 === 1) {
			let column = Math.floor(position / height);
			let row = position - column * height;
			for (; position < end; position++) {
				pixels[(row - box.y) * box.width + column - box.x] = word;
				if (++row === height) {
					row = 0;
					column++;
				}
			}
		}
		position = end;
	}
}

function abgr(colour: string): number {
	const rgb = Number.parseInt(colour.slice(1), 16);
	return (0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}

function outlineOf(rle: Rle): Outline {
	const outline = { exact: new Path2D(), smooth: new Path2D() };
	for (const loop of maskLoops(rle)) {
		addLoop(outline.exact, loop);
		addLoop(outline.smooth, smoothLoop(loop));
	}
	return outline;
}

function addLoop(path: Path2D, points: Int32Array | Float32Array): void {
	path.moveTo(points[0]!, points[1]!);
	for (let at = 2; at < points.length; at += 2) {
		path.lineTo(points[at]!, points[at + 1]!);
	}
	path.closePath();
}
