import type { Box, Point } from '../../preload/common/geometry.ts';
import type { Prompt } from '../../preload/common/prompt.ts';
import type { Window } from './window.ts';

/** Pixels that a person said to be inside or outside: discs along a path, in pixels of the picture. */
export type Seed = { points: readonly Point[]; radius: number; isPositive: boolean };

export function seedOf(prompt: Extract<Prompt, { kind: 'point' | 'stroke' }>): Seed {
	const { isPositive } = prompt;
	return prompt.kind === 'point'
		? { points: [{ x: prompt.x, y: prompt.y }], radius: 0.5, isPositive }
		: { points: prompt.points, radius: prompt.radius, isPositive };
}

/**
 * Calls `visit` with the index of every pixel of a seed, in a window of the picture that is drawn `scale` times as
 * large (under 1: smaller). Discs are at least `leastRadius` there. The pixel under a click is always visited.
 */
export function visitSeed(
	seed: Seed,
	window: Window,
	size: { width: number; height: number },
	leastRadius: number,
	visit: (at: number) => void,
): void {
	const scaleX = size.width / window.width;
	const scaleY = size.height / window.height;
	const radius = Math.max(leastRadius, seed.radius * Math.sqrt(scaleX * scaleY));
	for (const point of along(seed.points, Math.max(1, seed.radius / 2))) {
		const cx = (point.x - window.left) * scaleX;
		const cy = (point.y - window.top) * scaleY;
		const x0 = Math.max(0, Math.floor(cx - radius));
		const x1 = Math.min(size.width - 1, Math.floor(cx + radius));
		const y0 = Math.max(0, Math.floor(cy - radius));
		const y1 = Math.min(size.height - 1, Math.floor(cy + radius));
		for (let y = y0; y <= y1; y++) {
			for (let x = x0; x <= x1; x++) {
				const isCentre = x === Math.floor(cx) && y === Math.floor(cy);
				if (isCentre || Math.hypot(x + 0.5 - cx, y + 0.5 - cy) <= radius) {
					visit(y * size.width + x);
				}
			}
		}
	}
}

/** The path's points with others between them, no farther apart than `spacing`. */
function* along(points: readonly Point[], spacing: number): Generator<Point> {
	let last: Point | null = null;
	for (const point of points) {
		if (last !== null) {
			const steps = Math.ceil(Math.hypot(point.x - last.x, point.y - last.y) / spacing);
			for (let step = 1; step < steps; step++) {
				const share = step / steps;
				yield { x: last.x + share * (point.x - last.x), y: last.y + share * (point.y - last.y) };
			}
		}
		yield point;
		last = point;
	}
}

/** The seed in the coordinates of a window. */
export function seedIn(seed: Seed, window: Window): Seed {
	return { ...seed, points: seed.points.map(({ x, y }) => ({ x: x - window.left, y: y - window.top })) };
}

export function boxOf(seed: Seed): Box {
	const xs = seed.points.map((point) => point.x);
	const ys = seed.points.map((point) => point.y);
	const { radius } = seed;
	return {
		x0: Math.min(...xs) - radius,
		y0: Math.min(...ys) - radius,
		x1: Math.max(...xs) + radius,
		y1: Math.max(...ys) + radius,
	};
}
