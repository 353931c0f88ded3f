import { tokenEdge } from './network.ts';
import { threshold } from './planes.ts';
import { maskBox, type Window } from './window.ts';
import type { WorkingSize } from './working-frame.ts';

/** How far around an object it is looked for, as a share of its size, and at least, in working pixels. */
const marginShare = 0.3;
const leastMargin = 32;
/** What a window measures at least, in working pixels: the size of the samples that the network was trained on. */
const leastEdge = 160;
/** Part of the frame from which on a window saves nothing. */
const almostAll = 0.8;

export function wholeWindow({ width, height }: WorkingSize): Window {
	return { left: 0, top: 0, width, height };
}

/**
 * Where the object is looked for that covered `before` (0 to 1 a working pixel) on the frame before: around it, in whole
 * tokens, or everywhere where it was nowhere.
 */
export function carryWindow(before: Float32Array, size: WorkingSize): Window {
	const box = maskBox({ ...size, data: threshold(before, 0.5) });
	if (box === null) {
		return wholeWindow(size);
	}
	const [left, right] = widened(box.x0, box.x1, size.width);
	const [top, bottom] = widened(box.y0, box.y1, size.height);
	const window = { left, top, width: right - left, height: bottom - top };
	const isAlmostAll = window.width * window.height > almostAll * size.width * size.height;
	return isAlmostAll ? wholeWindow(size) : window;
}

/** From and to, with room on both sides, on the edges of tokens and within the frame. */
function widened(from: number, to: number, end: number): [number, number] {
	const margin = Math.max(leastMargin, marginShare * (to - from), (leastEdge - (to - from)) / 2);
	const [low, high] = [from - margin, to + margin];
	// What would lie beyond an edge of the frame is looked at on the other side.
	const start = Math.max(0, Math.min(low, end - (high - low)));
	const stop = Math.min(end, Math.max(high, high - low));
	return [Math.floor(start / tokenEdge) * tokenEdge, Math.ceil(stop / tokenEdge) * tokenEdge];
}
