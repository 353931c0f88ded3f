import { hitPrompt } from '../../hit.ts';
import type { ToolState } from '../../tool.ts';
import { dragPrompt } from '../drag-prompt.ts';

/** Picks objects and prompts; drags prompts. */
export function selectIdle(): ToolState {
	let isOverPrompt = false;
	return {
		name: 'idle',
		overlay: () => ({
			cursor: isOverPrompt ? 'move' : 'arrow',
			help: isOverPrompt ? 'Drag to move · Alt-click removes it' : 'Click an object to select it',
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
			if (hit) {
				return dragPrompt(hit, input.point, selectIdle);
			}
			editor.selectPrompt(null);
			editor.selectTrack(editor.trackAt(input.point));
		},
		move(input, editor) {
			isOverPrompt = hitPrompt(editor.prompts(), input.point, input) !== null;
		},
	};
}
