import type { Point } from '../../../../preload/common/geometry.ts';
import { boxBetween } from '../../hit.ts';
import type { ToolState } from '../../tool.ts';

/** Smaller boxes, in screen pixels, are slips of the hand. */
const smallestInScreen = 4;

export function boxDrawing(from: Point, back: () => ToolState): ToolState {
	let to = from;
	return {
		name: 'drawing',
		overlay: (editor) => ({
			cursor: 'cross',
			box: boxBetween(from, to, editor.size) ?? undefined,
			help: 'Release to place the box · Esc drops it',
		}),
		move(input) {
			to = input.point;
		},
		up(input, editor) {
			const box = boxBetween(from, input.point, editor.size);
			const smallest = smallestInScreen * input.imagePerScreen;
			if (box && box.x1 - box.x0 >= smallest && box.y1 - box.y0 >= smallest) {
				editor.addPrompt({ kind: 'box', ...box });
			}
			return back();
		},
		cancel: () => back(),
	};
}
