import type { Point } from '../../../preload/common/geometry.ts';
import { decodeRle } from '../../../preload/common/rle.ts';
import type { WirePrompt } from '../../../preload/contract/track.ts';
import type { Editor, PlacedPrompt, Tool, ToolInput } from '../../../renderer/editor/tool.ts';

/** An editor over plain arrays: it writes down what tools ask for and drives them as a hand would, with no window. */
export class TestEditor implements Editor {
	size = { width: 100, height: 80 };
	brushRadius = 3;
	isSubtracting = false;
	placed: PlacedPrompt[] = [];
	/** Track 7 lies on the left half. */
	log: unknown[] = [];
	previewed: WirePrompt | null = null;

	prompts(): readonly PlacedPrompt[] {
		return this.placed;
	}
	trackAt(point: Point): number | null {
		return point.x < 50 ? 7 : null;
	}
	selectTrack(trackId: number | null): void {
		this.log.push(['select', trackId]);
	}
	selectPrompt(promptId: number | null): void {
		this.log.push(['selectPrompt', promptId]);
	}
	addPrompt(prompt: WirePrompt): void {
		this.placed.push({ promptId: this.placed.length + 1, prompt });
		this.log.push(['add', prompt]);
	}
	updatePrompt(promptId: number, prompt: WirePrompt): void {
		this.log.push(['update', promptId, prompt]);
	}
	removePrompt(promptId: number): void {
		this.log.push(['remove', promptId]);
	}
	paint(stroke: Parameters<Editor['paint']>[0]): void {
		const area = decodeRle(stroke.area).data.reduce((sum, value) => sum + value, 0);
		this.log.push(['paint', area, stroke.isErasing]);
	}
	preview(prompt: WirePrompt | null): void {
		this.previewed = prompt;
	}

	/** What happened since it was last asked. */
	taken(): unknown[] {
		return this.log.splice(0);
	}
}

export function input(x: number, y: number, change: Partial<ToolInput> = {}): ToolInput {
	return { point: { x, y }, button: 'primary', isShift: false, isAlt: false, imagePerScreen: 0.5, ...change };
}

/** Press, moves, release. */
export function drag(tool: Tool, path: [number, number][], change: Partial<ToolInput> = {}): void {
	const [first, ...rest] = path;
	tool.move(input(...first!));
	tool.down(input(...first!, change));
	rest.forEach(([x, y]) => tool.move(input(x, y, change)));
	tool.up(input(...path.at(-1)!, change));
}
