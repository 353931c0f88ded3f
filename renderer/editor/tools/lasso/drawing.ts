import type { Point } from '../../../../preload/common/geometry.ts';
import { rleArea } from '../../../../preload/common/rle.ts';
import { polygonArea } from '../../raster.ts';
import type { ToolState } from '../../tool.ts';

export function lassoDrawing(lasso: { from: Point; isSubtracting: boolean; back: () => ToolState }): ToolState {
	let points: readonly Point[] = [lasso.from];
	return {
		name: 'drawing',
		overlay: () => ({
			cursor: 'cross',
			polygon: { points, isClosable: false, tone: lasso.isSubtracting ? 'subtract' : 'add' },
			help: 'Release to close · Esc drops it',
		}),
		move(input) {
			const last = points.at(-1)!;
			if (Math.hypot(input.point.x - last.x, input.point.y - last.y) >= input.imagePerScreen) {
				points = [...points, input.point];
			}
		},
		up(_input, editor) {
			const area = polygonArea(editor.size, points);
			if (rleArea(area) > 0) {
				editor.paint({ area, isErasing: lasso.isSubtracting });
			}
			return lasso.back();
		},
		cancel: () => lasso.back(),
	};
}
