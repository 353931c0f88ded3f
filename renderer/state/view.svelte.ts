import type { Point } from '../../preload/common/geometry.ts';

export type ToolId = 'select' | 'click' | 'box' | 'brush' | 'eraser' | 'scribble' | 'polygon' | 'lasso';

export type MaskMode = 'fill' | 'outline' | 'cutout' | 'off';

/** What the stage can be asked for; it puts itself here while it is on the page. */
export type StageHandle = { fit(): void; actual(): void; zoom(factor: number): void };
export type TimelineHandle = { fit(): void };

/** How the work is looked at, and with which tool: of this window, not of the record. */
export class ViewState {
	toolId = $state<ToolId>('click');
	isSubtracting = $state(false);
	maskMode = $state<MaskMode>('fill');
	/** Screen pixels of an image pixel. */
	zoom = $state(1);
	/** Where the pointer is in the picture; null outside. */
	pointer = $state.raw<Point | null>(null);
	/** What the next click or key does. */
	help = $state('');
	/** The exact picture of the playhead's frame is on the stage. */
	isFrameShown = $state(false);
	renamingTrackId = $state<number | null>(null);
	stage: StageHandle | null = null;
	timeline: TimelineHandle | null = null;

	setTool(toolId: ToolId): void {
		this.toolId = toolId;
		this.isSubtracting = false;
	}
}
