import { StudioError } from '../../preload/common/studio-error.ts';
import type { PromptTask } from './protocol.ts';

/**
 * Refuses, before any work, prompts that no model can follow: none at all, a click outside the picture, a box beside
 * it. A box may reach over the border and a stroke may leave the picture: people draw past the edge.
 */
export function checkPrompts({ prompts, width, height }: PromptTask): void {
	if (prompts.length === 0) {
		throw new StudioError('prompt.none');
	}
	for (const prompt of prompts) {
		if (prompt.kind === 'point') {
			const { x, y } = prompt;
			if (!(x >= 0 && y >= 0 && x < width && y < height)) {
				throw new StudioError('prompt.outside', { x, y, width, height });
			}
		} else if (prompt.kind === 'box') {
			const { x0, y0, x1, y1 } = prompt;
			if (!(Math.min(x1, width) > Math.max(x0, 0) && Math.min(y1, height) > Math.max(y0, 0))) {
				throw new StudioError('prompt.boxOutside', { width, height });
			}
		}
	}
}
