import { frameFromX, xFromFrame, type Axis } from './axis.ts';

type Range = { from: number; to: number };

const grabPixels = 5;

/** Grabs an end of the in/out range near x; gives the range for later x's. Null where no end is near. */
export function rangeDrag(axis: Axis, range: Range | null, x: number): ((x: number) => Range) | null {
	if (!range) {
		return null;
	}
	if (Math.abs(xFromFrame(axis, range.from) - x) <= grabPixels) {
		return (at) => ({ from: Math.min(frameFromX(axis, at), range.to - 1), to: range.to });
	}
	if (Math.abs(xFromFrame(axis, range.to) - x) <= grabPixels) {
		return (at) => ({ from: range.from, to: Math.max(frameFromX(axis, at) + 1, range.from + 1) });
	}
	return null;
}
