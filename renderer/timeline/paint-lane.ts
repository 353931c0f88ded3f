import type { Provenance } from '../../preload/contract/track.ts';
import { anchorsIn, heatRuns, iouAt, isPendingAt, kindAt, laneRuns, type LaneData } from '../state/lane.ts';
import { visibleFrames, xFromFrame, type Axis } from './axis.ts';
import type { TimelinePalette } from './palette.ts';

export type LaneScene = {
	axis: Axis;
	lane: LaneData;
	colour: string;
	height: number;
	isSelected: boolean;
	isDimmed: boolean;
	palette: TimelinePalette;
	/** A run under way: frames it has written, and the newest. */
	run: { reached: Uint8Array | null; newest: number | null; range: { from: number; to: number } } | null;
};

const barHeight = 10;
const heatHeight = 3;

/** How a stretch shows: full where a person made it, half where it was carried, a line where the object is absent. */
const looks: Record<Provenance, 'full' | 'half' | 'dotted' | 'absent'> = {
	prompted: 'full',
	edited: 'full',
	imported: 'full',
	propagated: 'half',
	interpolated: 'dotted',
	emptyByModel: 'absent',
	emptyByHand: 'absent',
};

export function paintLane(context: CanvasRenderingContext2D, scene: LaneScene): void {
	const { axis, lane, colour, height, palette, isDimmed } = scene;
	const range = visibleFrames(axis);
	const middle = height / 2 - 1;
	context.clearRect(0, 0, axis.width, height);
	context.fillStyle = palette.faint;
	context.fillRect(xFromFrame(axis, 0), Math.round(middle), axis.frameCount * axis.pixelsPerFrame, 1);
	if (scene.run) {
		paintReach(context, scene);
	}
	context.globalAlpha = isDimmed ? 0.4 : 1;
	for (const run of laneRuns(lane, range)) {
		const x = xFromFrame(axis, run.from);
		const width = Math.max(1, (run.to - run.from) * axis.pixelsPerFrame);
		paintStretch(context, { x, width, middle, colour, look: looks[run.kind] });
	}
	for (const run of heatRuns(lane, range)) {
		context.fillStyle = run.level === 2 ? palette.red : palette.amber;
		const width = Math.max(2, (run.to - run.from) * axis.pixelsPerFrame);
		context.fillRect(xFromFrame(axis, run.from), middle + barHeight / 2 + 2, width, heatHeight);
	}
	if (scene.isSelected) {
		paintScores(context, scene, middle);
	}
	if (scene.run) {
		paintEdge(context, scene, middle);
	}
	paintMarks(context, scene, middle);
	context.globalAlpha = 1;
}

function paintStretch(
	context: CanvasRenderingContext2D,
	stretch: { x: number; width: number; middle: number; colour: string; look: 'full' | 'half' | 'dotted' | 'absent' },
): void {
	const { x, width, middle, colour, look } = stretch;
	const alpha = context.globalAlpha;
	context.fillStyle = colour;
	if (look === 'absent') {
		context.globalAlpha = alpha * 0.75;
		context.fillRect(x, Math.round(middle), width, 1.5);
	} else if (look === 'dotted') {
		for (let dot = x; dot < x + width; dot += 5) {
			context.fillRect(dot, middle - barHeight / 2, Math.min(3, x + width - dot), barHeight);
		}
	} else {
		context.globalAlpha = alpha * (look === 'full' ? 1 : 0.5);
		context.fillRect(x, middle - barHeight / 2, width, barHeight);
	}
	context.globalAlpha = alpha;
}

/** The reach of a run, before and while it goes. */
function paintReach(context: CanvasRenderingContext2D, scene: LaneScene): void {
	const { axis, height, palette, run } = scene;
	const from = xFromFrame(axis, run!.range.from);
	const to = xFromFrame(axis, run!.range.to);
	context.fillStyle = palette.accent;
	context.globalAlpha = 0.1;
	context.fillRect(from, 0, to - from, height);
	context.globalAlpha = 0.9;
	context.fillRect(from, 0, 1.5, height);
	context.fillRect(to - 1.5, 0, 1.5, height);
	context.globalAlpha = 1;
}

/** What a run has reached, and its moving edge. */
function paintEdge(context: CanvasRenderingContext2D, scene: LaneScene, middle: number): void {
	const { axis, height, palette } = scene;
	const { reached, newest } = scene.run!;
	context.fillStyle = palette.accent;
	if (reached) {
		const { from, to } = visibleFrames(axis);
		for (let frame = from; frame < to; frame++) {
			if (reached[frame] === 1) {
				context.fillRect(
					xFromFrame(axis, frame),
					middle - barHeight / 2 - 3,
					Math.max(1, axis.pixelsPerFrame + 0.5),
					2,
				);
			}
		}
	}
	if (newest !== null) {
		context.fillRect(xFromFrame(axis, newest + 0.5) - 1, 1, 2, height - 2);
	}
}

/** Predicted IoU as a thin curve over the selected lane. */
function paintScores(context: CanvasRenderingContext2D, scene: LaneScene, middle: number): void {
	const { axis, lane, palette, height } = scene;
	const top = 3;
	const bottom = Math.min(height - 3, middle + barHeight / 2 - 1);
	const { from, to } = visibleFrames(axis);
	context.beginPath();
	let isDown = false;
	for (let frame = from; frame < to; frame++) {
		const kind = kindAt(lane, frame);
		const iou = kind === null || looks[kind] === 'absent' ? null : iouAt(lane, frame);
		if (iou === null) {
			isDown = false;
			continue;
		}
		const x = xFromFrame(axis, frame + 0.5);
		const y = bottom - iou * (bottom - top);
		if (isDown) {
			context.lineTo(x, y);
		} else {
			context.moveTo(x, y);
		}
		isDown = true;
	}
	context.lineWidth = 1;
	context.strokeStyle = palette.text;
	context.stroke();
}

/** ◇ prompted, ◆ edited by hand, a ring for absent by hand; ticks where they would run into each other. */
function paintMarks(context: CanvasRenderingContext2D, scene: LaneScene, middle: number): void {
	const { axis, lane, palette, colour } = scene;
	let lastX = -Infinity;
	for (const frame of anchorsIn(lane, visibleFrames(axis))) {
		const x = xFromFrame(axis, frame + 0.5);
		const kind = kindAt(lane, frame);
		const isCrowded = x - lastX < 9;
		lastX = x;
		context.lineWidth = 1.5;
		context.strokeStyle = palette.rim;
		if (isCrowded) {
			context.fillStyle = palette.text;
			context.fillRect(x - 0.5, middle - 6, 1, 12);
			continue;
		}
		context.beginPath();
		if (kind === 'emptyByHand') {
			context.arc(x, middle + 0.5, 4, 0, 2 * Math.PI);
		} else {
			diamond(context, x, middle, 6);
		}
		context.lineWidth = 3.5;
		context.stroke();
		const isHollow = kind === 'prompted' || kind === 'emptyByHand' || isPendingAt(lane, frame);
		context.fillStyle = isHollow ? palette.ground : '#ffffff';
		context.fill();
		context.lineWidth = 1.75;
		context.strokeStyle = isPendingAt(lane, frame) ? palette.accent : isHollow ? '#ffffff' : colour;
		if (palette.rim === '#ffffff') {
			context.strokeStyle = isPendingAt(lane, frame) ? palette.accent : '#1a1d21';
			context.fillStyle = isHollow ? '#ffffff' : '#1a1d21';
			context.fill();
		}
		context.stroke();
	}
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, reach: number): void {
	context.moveTo(x, y - reach);
	context.lineTo(x + reach, y);
	context.lineTo(x, y + reach);
	context.lineTo(x - reach, y);
	context.closePath();
}
