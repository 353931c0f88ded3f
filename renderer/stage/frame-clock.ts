/**
 * Which frame a `<video>` shows. Its media time is a presentation timestamp, but browsers may count from the first
 * frame instead of from 0, so the origin that fits the index better is taken.
 */
export function frameAtMediaTime(ptsSeconds: Float64Array, mediaTimeSeconds: number): number {
	const first = ptsSeconds[0] ?? 0;
	const plain = nearestFrame(ptsSeconds, mediaTimeSeconds);
	if (first === 0) {
		return plain;
	}
	const shifted = nearestFrame(ptsSeconds, mediaTimeSeconds + first);
	const plainOff = Math.abs(ptsSeconds[plain]! - mediaTimeSeconds);
	const shiftedOff = Math.abs(ptsSeconds[shifted]! - mediaTimeSeconds - first);
	return plainOff < shiftedOff - 1e-4 ? plain : shifted;
}

/** A time that is safely inside a frame, to seek a `<video>` to: seeking to its very start may show the one before. */
export function mediaTimeInFrame(ptsSeconds: Float64Array, frameIndex: number): number {
	const start = ptsSeconds[frameIndex] ?? 0;
	const next = ptsSeconds[frameIndex + 1];
	const length = next === undefined ? start - (ptsSeconds[frameIndex - 1] ?? start) : next - start;
	return Math.max(0, start + Math.min(0.25 * length, 0.01));
}

/** The frame whose timestamp is nearest; timestamps ascend. */
export function nearestFrame(ptsSeconds: Float64Array, timeSeconds: number): number {
	let low = 0;
	let high = ptsSeconds.length - 1;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ptsSeconds[middle]! < timeSeconds) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	const before = Math.max(0, low - 1);
	const isBeforeNearer =
		Math.abs((ptsSeconds[before] ?? 0) - timeSeconds) <= Math.abs((ptsSeconds[low] ?? 0) - timeSeconds);
	return isBeforeNearer ? before : low;
}
