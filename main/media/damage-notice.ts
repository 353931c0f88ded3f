/** A notice that names the frames of a source that cannot be read, or `null` where all can. @param frames ascending */
export function damageNotice(frames: readonly number[]): string | null {
	if (frames.length === 0) {
		return null;
	}
	const spans: [number, number][] = [];
	for (const frameIndex of frames) {
		const last = spans.at(-1);
		if (last && last[1] === frameIndex - 1) {
			last[1] = frameIndex;
		} else {
			spans.push([frameIndex, frameIndex]);
		}
	}
	const named = spans.slice(0, spansNamed).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
	const more = spans.length > spansNamed ? ` and ${spans.length - spansNamed} more places` : '';
	const subject = frames.length === 1 ? '1 frame cannot be read' : `${frames.length} frames cannot be read`;
	return `${subject}, because the source is damaged there: ${named.join(', ')}${more}`;
}

const spansNamed = 10;
