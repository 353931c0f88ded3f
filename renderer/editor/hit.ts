import type { Box, Point } from '../../preload/common/geometry.ts';
import type { WirePrompt } from '../../preload/contract/track.ts';
import type { PlacedPrompt } from './tool.ts';

export type BoxHandle = 'nw' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w';

/** The part of a stored prompt under the pointer; `handle` null means the whole prompt moves. */
export type PromptHit = { promptId: number; prompt: WirePrompt; handle: BoxHandle | null };

/** Prompts can be grabbed within this many screen pixels. */
const grabDistanceInScreen = 8;

/** The newest prompt under the pointer; prompts that the service has not answered yet cannot be grabbed. */
export function hitPrompt(
	prompts: readonly PlacedPrompt[],
	point: Point,
	options: { imagePerScreen: number },
): PromptHit | null {
	const reach = grabDistanceInScreen * options.imagePerScreen;
	for (const { promptId, prompt } of [...prompts].reverse()) {
		if (promptId === null) {
			continue;
		}
		if (prompt.kind === 'point' && Math.hypot(prompt.x - point.x, prompt.y - point.y) <= reach) {
			return { promptId, prompt, handle: null };
		}
		if (prompt.kind === 'box') {
			const handle = boxHandles(prompt).find(({ at }) => Math.hypot(at.x - point.x, at.y - point.y) <= reach);
			if (handle) {
				return { promptId, prompt, handle: handle.handle };
			}
			if (isOnEdge(prompt, point, reach / 2)) {
				return { promptId, prompt, handle: null };
			}
		}
	}
	return null;
}

export function boxHandles(box: Box): { handle: BoxHandle; at: Point }[] {
	const middle = { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 };
	return [
		{ handle: 'nw', at: { x: box.x0, y: box.y0 } },
		{ handle: 'n', at: { x: middle.x, y: box.y0 } },
		{ handle: 'ne', at: { x: box.x1, y: box.y0 } },
		{ handle: 'e', at: { x: box.x1, y: middle.y } },
		{ handle: 'se', at: { x: box.x1, y: box.y1 } },
		{ handle: 's', at: { x: middle.x, y: box.y1 } },
		{ handle: 'sw', at: { x: box.x0, y: box.y1 } },
		{ handle: 'w', at: { x: box.x0, y: middle.y } },
	];
}

/** A prompt moved by a drag from `from` to `to`, kept inside the picture. */
export function movedPrompt(
	hit: PromptHit,
	from: Point,
	to: Point,
	size: { width: number; height: number },
): WirePrompt {
	const dx = to.x - from.x;
	const dy = to.y - from.y;
	const { prompt, handle } = hit;
	if (prompt.kind === 'point') {
		return { ...prompt, ...clampPoint({ x: prompt.x + dx, y: prompt.y + dy }, size) };
	}
	if (prompt.kind !== 'box') {
		return prompt;
	}
	const isWhole = handle === null;
	const box = boxBetween(
		{
			x: prompt.x0 + (isWhole || handle.includes('w') ? dx : 0),
			y: prompt.y0 + (isWhole || handle.includes('n') ? dy : 0),
		},
		{
			x: prompt.x1 + (isWhole || handle.includes('e') ? dx : 0),
			y: prompt.y1 + (isWhole || handle.includes('s') ? dy : 0),
		},
		size,
	);
	return box ? { kind: 'box', ...box } : prompt;
}

/** The box with two corners, clipped to the picture; null where nothing is left of it. */
export function boxBetween(a: Point, b: Point, size: { width: number; height: number }): Box | null {
	const first = clampPoint({ x: Math.min(a.x, b.x), y: Math.min(a.y, b.y) }, size);
	const second = clampPoint({ x: Math.max(a.x, b.x), y: Math.max(a.y, b.y) }, size);
	return first.x < second.x && first.y < second.y ? { x0: first.x, y0: first.y, x1: second.x, y1: second.y } : null;
}

export function clampPoint(point: Point, size: { width: number; height: number }): Point {
	return { x: Math.min(size.width, Math.max(0, point.x)), y: Math.min(size.height, Math.max(0, point.y)) };
}

export function isInside(point: Point, size: { width: number; height: number }): boolean {
	return point.x >= 0 && point.y >= 0 && point.x < size.width && point.y < size.height;
}

function isOnEdge(box: Box, point: Point, reach: number): boolean {
	const isWithin =
		point.x >= box.x0 - reach && point.x <= box.x1 + reach && point.y >= box.y0 - reach && point.y <= box.y1 + reach;
	const isDeep =
		point.x > box.x0 + reach && point.x < box.x1 - reach && point.y > box.y0 + reach && point.y < box.y1 - reach;
	return isWithin && !isDeep;
}
