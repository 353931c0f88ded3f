import { hitPrompt, isInside } from '../../hit.ts';
import type { Editor, ToolInput, ToolState } from '../../tool.ts';
import { dragPrompt } from '../drag-prompt.ts';

/** A click adds a point; the right button, or the switch, makes it a negative one. */
export function clickIdle(): ToolState {
	let isOverPrompt = false;
	return {
		name: 'idle',
		overlay: (editor) => ({
			cursor: isOverPrompt ? 'move' : editor.isSubtracting ? 'negative' : 'positive',
			help: isOverPrompt
				? 'Drag to move · Alt-click removes it'
				: editor.isSubtracting
					? 'Click what is not the object · X adds again'
					: 'Click the object · right-click what is not',
		}),
		down(input, editor) {
			const hit = hitPrompt(editor.prompts(), input.point, input);
			if (hit && input.isAlt) {
				editor.removePrompt(hit.promptId);
				return;
			}
			if (hit && input.button === 'primary') {
				editor.preview(null);
				return dragPrompt(hit, input.point, clickIdle);
			}
			if (isInside(input.point, editor.size)) {
				editor.preview(null);
				editor.addPrompt(pointOf(input, editor));
			}
		},
		move(input, editor) {
			isOverPrompt = hitPrompt(editor.prompts(), input.point, input) !== null;
			editor.preview(isOverPrompt || !isInside(input.point, editor.size) ? null : pointOf(input, editor));
		},
		leave(editor) {
			editor.preview(null);
		},
	};
}

function pointOf(input: ToolInput, editor: Editor): { kind: 'point'; x: number; y: number; isPositive: boolean } {
	const isNegative = editor.isSubtracting !== (input.button === 'secondary');
	return { kind: 'point', x: input.point.x, y: input.point.y, isPositive: !isNegative };
}
