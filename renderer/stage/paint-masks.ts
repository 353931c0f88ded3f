import type { Size } from '../../preload/common/geometry.ts';
import type { Rle } from '../../preload/common/rle.ts';
import type { ShownMask } from '../state/frame-masks.svelte.ts';
import type { MaskMode } from '../state/view.svelte.ts';
import type { MaskArt, MaskArts } from './mask-art.ts';

export type MaskToPaint = { mask: ShownMask; colour: string; isSelected: boolean };

export type MaskScene = {
	masks: readonly MaskToPaint[];
	mode: MaskMode;
	/** A mask that the next click would give. */
	hover: Rle | null;
	arts: MaskArts;
	/** Screen pixels of an image pixel. */
	scale: number;
	size: Size;
	picture: CanvasImageSource | null;
};

const fillAlpha = 0.35;
const selectedAlpha = 0.5;
/** From this zoom on the border follows the pixels. */
const exactScale = 6;

/** Draws the masks of one frame; the context's space is the image's. */
export function paintMasks(context: CanvasRenderingContext2D, scene: MaskScene): void {
	const { masks, mode, scale, hover } = scene;
	if (mode === 'cutout') {
		paintCutout(context, scene);
	}
	context.imageSmoothingEnabled = scale < 1;
	const hasSelection = masks.some(({ isSelected }) => isSelected);
	const ordered = [...masks].sort((a, b) => Number(a.isSelected) - Number(b.isSelected));
	for (const { mask, colour, isSelected } of mode === 'off' ? [] : ordered) {
		const art = scene.arts.of(mask.rle, colour);
		if (!art) {
			continue;
		}
		if (mode === 'fill') {
			context.globalAlpha = isSelected ? selectedAlpha : hasSelection ? fillAlpha * 0.7 : fillAlpha;
			context.drawImage(art.picture, art.x, art.y);
		}
		context.globalAlpha = isSelected || !hasSelection ? 1 : 0.75;
		paintOutline(context, art, { colour, isSelected, isDashed: mask.isPending, scale });
		context.globalAlpha = 1;
	}
	const preview = hover && mode !== 'off' ? scene.arts.of(hover, '#ffffff') : null;
	if (preview) {
		context.globalAlpha = 0.3;
		context.drawImage(preview.picture, preview.x, preview.y);
		context.globalAlpha = 0.9;
		paintOutline(context, preview, { colour: '#ffffff', isSelected: false, isDashed: true, scale });
		context.globalAlpha = 1;
	}
}

/** 1.5 px on screen; the selected one 2 px with a dark hairline outside, so that it reads on any picture. */
function paintOutline(
	context: CanvasRenderingContext2D,
	art: MaskArt,
	line: { colour: string; isSelected: boolean; isDashed: boolean; scale: number },
): void {
	const path = line.scale < exactScale ? art.outline.smooth : art.outline.exact;
	context.lineJoin = 'round';
	context.setLineDash(line.isDashed ? [4 / line.scale, 4 / line.scale] : []);
	if (line.isSelected) {
		context.strokeStyle = 'rgba(10, 12, 15, 0.75)';
		context.lineWidth = 4 / line.scale;
		context.stroke(path);
	}
	context.strokeStyle = line.colour;
	context.lineWidth = (line.isSelected ? 2 : 1.5) / line.scale;
	context.stroke(path);
	context.setLineDash([]);
}

/** The selected object, or all, cut out of the picture onto a checkerboard. */
function paintCutout(context: CanvasRenderingContext2D, scene: MaskScene): void {
	const { size, picture, scale } = scene;
	paintCheckerboard(context, size, scale);
	const selected = scene.masks.filter(({ isSelected }) => isSelected);
	for (const { mask, colour } of selected.length > 0 ? selected : scene.masks) {
		const art = scene.arts.of(mask.rle, colour);
		if (art && picture) {
			const { width, height } = art.picture;
			const cut = new OffscreenCanvas(width, height);
			const cutContext = cut.getContext('2d')!;
			cutContext.drawImage(art.picture, 0, 0);
			cutContext.globalCompositeOperation = 'source-in';
			cutContext.drawImage(picture, -art.x, -art.y, size.width, size.height);
			context.drawImage(cut, art.x, art.y);
		}
	}
}

function paintCheckerboard(context: CanvasRenderingContext2D, size: Size, scale: number): void {
	const tile = new OffscreenCanvas(16, 16);
	const tileContext = tile.getContext('2d')!;
	tileContext.fillStyle = '#3a3f47';
	tileContext.fillRect(0, 0, 16, 16);
	tileContext.fillStyle = '#4b515b';
	tileContext.fillRect(0, 0, 8, 8);
	tileContext.fillRect(8, 8, 8, 8);
	const pattern = context.createPattern(tile, 'repeat')!;
	pattern.setTransform(new DOMMatrix().scale(1 / scale));
	context.fillStyle = pattern;
	context.fillRect(0, 0, size.width, size.height);
}
