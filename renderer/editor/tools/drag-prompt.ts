import type { Point } from '../../../preload/common/geometry.ts';
import { movedPrompt, type PromptHit } from '../hit.ts';
import type { ToolState } from '../tool.ts';

/** Drags a point or a box's handle; shared by the tools that can grab prompts. `back` makes the state to return to. */
export function dragPrompt(hit: PromptHit, from: Point, back: () => ToolState): ToolState {
	let to = from;
	let hasMoved = false;
	return {
		name: 'dragging prompt',
		overlay: (editor) => ({
			cursor: 'move',
			moved: { promptId: hit.promptId, prompt: movedPrompt(hit, from, to, editor.size) },
			help: 'Release to place · Esc puts it back · Delete removes it',
		}),
		move(input) {
			to = input.point;
			hasMoved ||= Math.hypot(to.x - from.x, to.y - from.y) > 2 * input.imagePerScreen;
		},
		up(_input, editor) {
			if (hasMoved) {
				editor.updatePrompt(hit.promptId, movedPrompt(hit, from, to, editor.size));
			} else {
				editor.selectPrompt(hit.promptId);
			}
			return back();
		},
		cancel: () => back(),
	};
}
