import { InvalidArgumentError } from 'commander';
import type { FrameRange } from '../../../preload/contract/define.ts';

/** Parsers of the values on the command line. Each says what it wants and what it got. */

export type PointArgument = { kind: 'point'; x: number; y: number; isPositive: boolean };
export type BoxArgument = { kind: 'box'; x0: number; y0: number; x1: number; y1: number };

/** `x,y` is inside the object, `x,y,-` outside. Pixels of the decoded picture. */
export function parsePoint(text: string): PointArgument {
	const match = /^(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)(?:,([+-]))?$/.exec(text.trim());
	if (!match) {
		throw new InvalidArgumentError(`a point is x,y or x,y,- (outside the object); got "${text}"`);
	}
	return { kind: 'point', x: Number(match[1]), y: Number(match[2]), isPositive: match[3] !== '-' };
}

/** `x0,y0,x1,y1`, corners in any order. Pixels of the decoded picture. */
export function parseBox(text: string): BoxArgument {
	const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
	if (numbers.length !== 4 || numbers.some((value) => !Number.isFinite(value))) {
		throw new InvalidArgumentError(`a box is x0,y0,x1,y1; got "${text}"`);
	}
	const [xa, ya, xb, yb] = numbers as [number, number, number, number];
	if (xa === xb || ya === yb) {
		throw new InvalidArgumentError(`a box has a width and a height; got "${text}"`);
	}
	return {
		kind: 'box',
		x0: Math.min(xa, xb),
		y0: Math.min(ya, yb),
		x1: Math.max(xa, xb),
		y1: Math.max(ya, yb),
	};
}

/** `A:B`, frames A to B-1; either side may be left out. */
export function parseRange(text: string): { from: number; to: number | null } {
	const match = /^(\d*):(\d*)$/.exec(text.trim());
	if (!match) {
		throw new InvalidArgumentError(`a range is A:B, frames A to B-1; got "${text}"`);
	}
	const from = match[1] === '' ? 0 : Number(match[1]);
	const to = match[2] === '' ? null : Number(match[2]);
	if (to !== null && from >= to) {
		throw new InvalidArgumentError(`a range ends after it starts; got "${text}"`);
	}
	return { from, to };
}

/** Closes an open range and keeps it inside the video. */
export function rangeInVideo(range: { from: number; to: number | null }, frameCount: number): FrameRange {
	return { from: range.from, to: Math.min(range.to ?? frameCount, frameCount) };
}

export function parseFrameIndex(text: string): number {
	if (!/^\d+$/.test(text)) {
		throw new InvalidArgumentError(`frames are numbered from 0; got "${text}"`);
	}
	return Number(text);
}

export function parseEvery(text: string): number {
	if (!/^[1-9]\d*$/.test(text)) {
		throw new InvalidArgumentError(`every how many frames, 1 or more; got "${text}"`);
	}
	return Number(text);
}

/** `sav,coco`, in any order, without repeats. */
export function parseFormats(text: string): ('sav' | 'coco')[] {
	const formats = text.split(',').map((part) => part.trim().toLowerCase());
	for (const format of formats) {
		if (format !== 'sav' && format !== 'coco') {
			throw new InvalidArgumentError(`the formats are sav and coco; got "${text}"`);
		}
	}
	return [...new Set(formats)] as ('sav' | 'coco')[];
}
