import type { Point } from './geometry.ts';
import type { Rle } from './rle.ts';

/**
 * What a person says about one object on one frame, in the pixels of the decoded picture.
 * The order counts: a frame's mask is a pure function of its prompts, replayed one at a time.
 *
 * - `point`: a click inside (`isPositive`) or outside the object.
 * - `box`: a box around it; a later box replaces an earlier one.
 * - `stroke`: a scribble of some radius, inside or outside.
 * - `mask`: the mask to start from. `origin` tells a mask that a person gave (`given`) from the propagated one
 *   that a correction starts from (`propagated`).
 */
export type Prompt =
	| { kind: 'point'; x: number; y: number; isPositive: boolean }
	| { kind: 'box'; x0: number; y0: number; x1: number; y1: number }
	| { kind: 'stroke'; points: Point[]; radius: number; isPositive: boolean }
	| { kind: 'mask'; mask: Rle; origin: 'given' | 'propagated' };
