import type { ToolId } from '../state/view.svelte.ts';
import type { Command, CommandContext, CommandSet } from './command.ts';

const smallestRadius = 0.5;
const largestRadius = 400;

export function toolCommands({ studio }: CommandContext): CommandSet {
	const { view, preferences } = studio;
	const hasVideo = () => studio.video !== null;
	const tool = (toolId: ToolId): Command => ({
		when: hasVideo,
		isOn: () => view.toolId === toolId,
		run: () => view.setTool(toolId),
	});
	const resize = (factor: number): Command => ({
		when: hasVideo,
		run: () => preferences.set({ brushRadius: nextRadius(preferences.values.brushRadius, factor) }),
	});
	return {
		'tool.select': tool('select'),
		'tool.click': tool('click'),
		'tool.box': tool('box'),
		'tool.brush': tool('brush'),
		'tool.eraser': tool('eraser'),
		'tool.scribble': tool('scribble'),
		'tool.polygon': tool('polygon'),
		'tool.lasso': tool('lasso'),
		'tool.negative': {
			when: hasVideo,
			isOn: () => view.isSubtracting,
			run: () => {
				view.isSubtracting = !view.isSubtracting;
			},
		},
		'brush.smaller': resize(1 / 1.25),
		'brush.larger': resize(1.25),
	};
}

/** In halves of a pixel, and always a step on. */
export function nextRadius(radius: number, factor: number): number {
	const next = Math.round(radius * factor * 2) / 2;
	const moved = next === radius ? radius + (factor > 1 ? 0.5 : -0.5) : next;
	return Math.min(largestRadius, Math.max(smallestRadius, moved));
}
