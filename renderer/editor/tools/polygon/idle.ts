import type { ToolState } from '../../tool.ts';
import { polygonDrawing } from './drawing.ts';

export function polygonIdle(): ToolState {
	return {
		name: 'idle',
		overlay: (editor) => ({
			cursor: 'cross',
			help: editor.isSubtracting ? 'Click corners of what to cut out' : 'Click corners around what to add',
		}),
		down(input, editor) {
			const isSubtracting = editor.isSubtracting !== (input.button === 'secondary');
			return polygonDrawing({ points: [input.point], isSubtracting, back: polygonIdle });
		},
	};
}
