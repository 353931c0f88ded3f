/** "128" is a frame, "0:05.3" or "5.3s" a time from the first frame; null where it is neither or outside. */
export function frameFromText(text: string, ptsSeconds: Float64Array): number | null {
	const trimmed = text.trim();
	if (/^\d+$/.test(trimmed)) {
		const frame = Number(trimmed);
		return frame < ptsSeconds.length ? frame : null;
	}
	const match = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)s?$/.exec(trimmed);
	if (!match) {
		return null;
	}
	const [, hours = '0', minutes = '0', seconds = '0'] = match;
	const wanted = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + (ptsSeconds[0] ?? 0);
	let frame: number | null = null;
	for (let index = 0; index < ptsSeconds.length && ptsSeconds[index]! <= wanted + 1e-6; index++) {
		frame = index;
	}
	return frame;
}
