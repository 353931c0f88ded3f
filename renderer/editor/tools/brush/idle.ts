import type { Point } from '../../../../preload/common/geometry.ts';
import type { Editor, ToolState } from '../../tool.ts';
import { brushStroking, type StrokeKind } from './stroking.ts';

/** Brush, eraser and scribble differ in what a stroke becomes. */
export function brushIdle(kind: StrokeKind, at: Point | null = null): ToolState {
	let centre = at;
	return {
		name: 'idle',
		overlay: (editor) => ({
			cursor: 'circle',
			circle: centre ? { centre, radius: editor.brushRadius, isErasing: isSubtracting(kind, editor) } : undefined,
			help: helpOf(kind, editor),
		}),
		down(input, editor) {
			return brushStroking({
				kind,
				isSubtracting: isSubtracting(kind, editor) !== (input.button === 'secondary'),
				from: input.point,
			});
		},
		move(input) {
			centre = input.point;
		},
		leave() {
			centre = null;
		},
	};
}

/** The eraser always erases; the switch turns the others around. */
function isSubtracting(kind: StrokeKind, editor: Editor): boolean {
	return kind === 'erase' || editor.isSubtracting;
}

function helpOf(kind: StrokeKind, editor: Editor): string {
	if (kind === 'scribble') {
		return editor.isSubtracting
			? 'Scribble over what is not the object · [ ] size'
			: 'Scribble over the object · [ ] size';
	}
	return isSubtracting(kind, editor)
		? 'Drag to erase · right button paints · [ ] size'
		: 'Drag to paint · right button erases · [ ] size';
}
