import { hitPrompt } from '../../hit.ts';
import type { ToolState } from '../../tool.ts';
import { dragPrompt } from '../drag-prompt.ts';
import { boxDrawing } from './drawing.ts';

/** Waits for a corner, or for a handle of the box that is there. */
export function boxIdle(): ToolState {
	let isOverPrompt = false;
	return {
		name: 'idle',
		overlay: () => ({
			cursor: isOverPrompt ? 'move' : 'cross',
			help: isOverPrompt ? 'Drag to change · Alt-click removes it' : 'Drag a box around the object',
		}),
		down(input, editor) {
			if (input.button !== 'primary') {
				return;
			}
			const hit = hitPrompt(editor.prompts(), input.point, input);
			if (hit && input.isAlt) {
				editor.removePrompt(hit.promptId);
				return;
			}
			return hit ? dragPrompt(hit, input.point, boxIdle) : boxDrawing(input.point, boxIdle);
		},
		move(input, editor) {
			isOverPrompt = hitPrompt(editor.prompts(), input.point, input) !== null;
		},
	};
}
