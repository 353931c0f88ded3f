/** A frame's features, as a cache sees them. */
export type KeptFrame = { video: string; frameIndex: number; sizeBytes: number; usedAt: number };

/** What is looked at now: the video, and the frames of it that later work will start from. */
export type Focus = { video: string; anchors: ReadonlySet<number> };

/**
 * The frame to let go of first: of another video than the one in focus, the longest unused; then the one that is
 * farthest from the anchors, because every correction starts at one. `except` stays. Null where there is none.
 */
export function firstToGo<K extends KeptFrame>(kept: Iterable<K>, focus: Focus | null, except: K | null): K | null {
	let worst: K | null = null;
	let worstDistance = 0;
	for (const frame of kept) {
		if (frame === except) {
			continue;
		}
		const distance = distanceOf(frame, focus);
		if (worst === null || distance > worstDistance || (distance === worstDistance && frame.usedAt < worst.usedAt)) {
			worst = frame;
			worstDistance = distance;
		}
	}
	return worst;
}

function distanceOf({ video, frameIndex }: KeptFrame, focus: Focus | null): number {
	if (focus?.video !== video) {
		return Infinity;
	}
	let nearest = Infinity;
	for (const anchor of focus.anchors) {
		nearest = Math.min(nearest, Math.abs(anchor - frameIndex));
	}
	// Without an anchor all are alike, but nearer than those of another video.
	return Math.min(nearest, Number.MAX_SAFE_INTEGER);
}
