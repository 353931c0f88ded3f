import type { Point } from '../../../../preload/common/geometry.ts';
import { rleArea } from '../../../../preload/common/rle.ts';
import { polygonArea } from '../../raster.ts';
import type { Editor, ToolState } from '../../tool.ts';

type Polygon = { points: readonly Point[]; isSubtracting: boolean; back: () => ToolState };

/** A click within this many screen pixels of the first corner closes the polygon. */
const closeInScreen = 9;

/** Corners so far; each Escape takes the newest back. */
export function polygonDrawing(polygon: Polygon): ToolState {
	const { points, isSubtracting, back } = polygon;
	let pointer = points.at(-1)!;
	let isOverFirst = false;
	return {
		name: 'drawing',
		overlay: () => ({
			cursor: 'cross',
			polygon: {
				points: isOverFirst ? points : [...points, pointer],
				isClosable: isOverFirst,
				tone: isSubtracting ? 'subtract' : 'add',
			},
			help: points.length < 3 ? 'Click the next corner · Esc takes one back' : 'Enter closes · Esc takes one back',
		}),
		down(input, editor) {
			if (isNear(points[0]!, input.point, closeInScreen * input.imagePerScreen) && points.length >= 3) {
				return closePolygon(polygon, editor);
			}
			if (isNear(points.at(-1)!, input.point, input.imagePerScreen)) {
				return;
			}
			return polygonDrawing({ ...polygon, points: [...points, input.point] });
		},
		move(input) {
			pointer = input.point;
			isOverFirst = points.length >= 3 && isNear(points[0]!, input.point, closeInScreen * input.imagePerScreen);
		},
		accept: (editor) => (points.length >= 3 ? closePolygon(polygon, editor) : undefined),
		cancel: () => (points.length > 1 ? polygonDrawing({ ...polygon, points: points.slice(0, -1) }) : back()),
	};
}

function closePolygon(polygon: Polygon, editor: Editor): ToolState {
	const area = polygonArea(editor.size, polygon.points);
	if (rleArea(area) > 0) {
		editor.paint({ area, isErasing: polygon.isSubtracting });
	}
	return polygon.back();
}

function isNear(a: Point, b: Point, reach: number): boolean {
	return Math.hypot(a.x - b.x, a.y - b.y) <= reach;
}
