import type { ToolState } from '../../tool.ts';
import { lassoDrawing } from './drawing.ts';

export function lassoIdle(): ToolState {
	return {
		name: 'idle',
		overlay: (editor) => ({
			cursor: 'cross',
			help: editor.isSubtracting ? 'Drag around what to cut out' : 'Drag around what to add',
		}),
		down: (input, editor) =>
			lassoDrawing({
				from: input.point,
				isSubtracting: editor.isSubtracting !== (input.button === 'secondary'),
				back: lassoIdle,
			}),
	};
}
