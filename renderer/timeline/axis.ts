/**
 * The frames of a video along the timeline: frame n covers [x(n), x(n + 1)). Pure; drawing is elsewhere.
 * `firstFrame` (a real number) is at the left edge.
 */
export type Axis = { frameCount: number; width: number; firstFrame: number; pixelsPerFrame: number };

const widestFrame = 64;

/** The whole video, filling the width. */
export function fitAxis(frameCount: number, width: number): Axis {
	return { frameCount, width, firstFrame: 0, pixelsPerFrame: smallestPixels(frameCount, width) };
}

export function xFromFrame(axis: Axis, frame: number): number {
	return (frame - axis.firstFrame) * axis.pixelsPerFrame;
}

/** The frame under x, kept inside the video. */
export function frameFromX(axis: Axis, x: number): number {
	const frame = Math.floor(x / axis.pixelsPerFrame + axis.firstFrame);
	return Math.min(axis.frameCount - 1, Math.max(0, frame));
}

/** Frames that show, `from` to `to - 1`. */
export function visibleFrames(axis: Axis): { from: number; to: number } {
	return {
		from: Math.max(0, Math.floor(axis.firstFrame)),
		to: Math.min(axis.frameCount, Math.ceil(axis.firstFrame + axis.width / axis.pixelsPerFrame)),
	};
}

/** Zooms by a factor; the frame under x stays there. */
export function zoomAxis(axis: Axis, x: number, factor: number): Axis {
	const pixelsPerFrame = Math.min(
		Math.max(widestFrame, smallestPixels(axis.frameCount, axis.width)),
		Math.max(smallestPixels(axis.frameCount, axis.width), axis.pixelsPerFrame * factor),
	);
	const frameAtX = axis.firstFrame + x / axis.pixelsPerFrame;
	return boundAxis({ ...axis, pixelsPerFrame, firstFrame: frameAtX - x / pixelsPerFrame });
}

/** Moves what shows by some pixels; positive goes on in time. */
export function panAxis(axis: Axis, byPixels: number): Axis {
	return boundAxis({ ...axis, firstFrame: axis.firstFrame + byPixels / axis.pixelsPerFrame });
}

/** A new width keeps the zoom, or the whole video where the whole was shown. */
export function resizeAxis(axis: Axis, width: number): Axis {
	const isWhole = axis.pixelsPerFrame <= smallestPixels(axis.frameCount, axis.width) * 1.001;
	return isWhole ? fitAxis(axis.frameCount, width) : boundAxis({ ...axis, width });
}

/** Scrolls just enough that a frame shows, a page at a time, so that playing does not make it crawl. */
export function revealFrame(axis: Axis, frame: number): Axis {
	const x = xFromFrame(axis, frame);
	if (x >= 0 && x + axis.pixelsPerFrame <= axis.width + 0.5) {
		return axis;
	}
	const margin = Math.min(axis.width / 8, 80) / axis.pixelsPerFrame;
	const firstFrame = x < 0 ? frame + 1 + margin - axis.width / axis.pixelsPerFrame : frame - margin;
	const next = boundAxis({ ...axis, firstFrame });
	return next.firstFrame === axis.firstFrame ? axis : next;
}

export type Tick = { frame: number; isMajor: boolean };

/** Ruler marks: labelled ones at least `apart` pixels from each other, on round frames. */
export function rulerTicks(axis: Axis, apart = 72): Tick[] {
	const step = roundStep(apart / axis.pixelsPerFrame);
	const minor = step % 5 === 0 ? step / 5 : step % 2 === 0 ? step / 2 : step;
	const small = minor * axis.pixelsPerFrame >= 6 ? minor : step;
	const { from, to } = visibleFrames(axis);
	const ticks: Tick[] = [];
	for (let frame = Math.ceil(from / small) * small; frame < to; frame += small) {
		ticks.push({ frame, isMajor: frame % step === 0 });
	}
	return ticks;
}

/** The smallest of 1, 2, 5, 10, 20, 50 ... that is not under `atLeast`. */
export function roundStep(atLeast: number): number {
	const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, atLeast))));
	return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= atLeast) ?? 10 * power;
}

function boundAxis(axis: Axis): Axis {
	const last = Math.max(0, axis.frameCount - axis.width / axis.pixelsPerFrame);
	return { ...axis, firstFrame: Math.min(last, Math.max(0, axis.firstFrame)) };
}

/** The zoom that shows the whole video; a short one does not grow past the widest frame. */
function smallestPixels(frameCount: number, width: number): number {
	return Math.min(widestFrame, Math.max(1, width) / Math.max(1, frameCount));
}
