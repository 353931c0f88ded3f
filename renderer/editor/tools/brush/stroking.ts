import type { Point } from '../../../../preload/common/geometry.ts';
import { rleArea } from '../../../../preload/common/rle.ts';
import { strokeArea } from '../../raster.ts';
import type { ToolState } from '../../tool.ts';
import { brushIdle } from './idle.ts';

/** `paint` and `erase` change pixels; `scribble` is a prompt that the model reads. */
export type StrokeKind = 'paint' | 'erase' | 'scribble';

/** A prompt holds no more points than this. */
const mostPoints = 10_000;

export function brushStroking(stroke: { kind: StrokeKind; isSubtracting: boolean; from: Point }): ToolState {
	const { kind, isSubtracting } = stroke;
	let points: readonly Point[] = [stroke.from];
	return {
		name: 'stroking',
		overlay: (editor) => ({
			cursor: 'circle',
			circle: { centre: points.at(-1)!, radius: editor.brushRadius, isErasing: isSubtracting },
			stroke: { points, radius: editor.brushRadius, tone: isSubtracting ? 'subtract' : 'add' },
			help: 'Release to apply · Esc drops the stroke',
		}),
		move(input, editor) {
			const last = points.at(-1)!;
			// Closer points would not show, and cost when the stroke becomes pixels.
			const step = Math.max(0.25, editor.brushRadius / 10, 0.75 * input.imagePerScreen);
			if (points.length < mostPoints && Math.hypot(input.point.x - last.x, input.point.y - last.y) >= step) {
				points = [...points, input.point];
			}
		},
		up(input, editor) {
			if (kind === 'scribble') {
				editor.addPrompt({
					kind: 'stroke',
					points: [...points],
					radius: editor.brushRadius,
					isPositive: !isSubtracting,
				});
			} else {
				const area = strokeArea(editor.size, points, editor.brushRadius);
				if (rleArea(area) > 0) {
					editor.paint({ area, isErasing: isSubtracting });
				}
			}
			return brushIdle(kind, input.point);
		},
		cancel: () => brushIdle(kind, points.at(-1)),
	};
}
