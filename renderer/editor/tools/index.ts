import type { ToolId } from '../../state/view.svelte.ts';
import { Tool, type Editor, type ToolState } from '../tool.ts';
import { boxIdle } from './box/idle.ts';
import { brushIdle } from './brush/idle.ts';
import { clickIdle } from './click/idle.ts';
import { lassoIdle } from './lasso/idle.ts';
import { polygonIdle } from './polygon/idle.ts';
import { selectIdle } from './select/idle.ts';

const starts: Record<ToolId, () => ToolState> = {
	select: selectIdle,
	click: clickIdle,
	box: boxIdle,
	brush: () => brushIdle('paint'),
	eraser: () => brushIdle('erase'),
	scribble: () => brushIdle('scribble'),
	polygon: polygonIdle,
	lasso: lassoIdle,
};

export function createTool(id: ToolId, editor: Editor): Tool {
	return new Tool(id, starts[id], editor);
}
