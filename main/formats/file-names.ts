const mediaExtension = /\.(mp4|m4v|mov|mkv|webm|avi|mts|m2ts|ts|mpg|mpeg|ogv|wmv|3gp)$/i;
// Reserved on Windows, or a separator somewhere; control characters too.
// eslint-disable-next-line no-control-regex
const forbidden = /[<>:"/\\|?*\u0000-\u001f]/g;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** NAME of a video's files: its name without the extension of a media file, fit for every file system. */
export function fileStem(videoName: string): string {
	const stem = videoName
		.replace(mediaExtension, '')
		.replace(forbidden, '_')
		.replace(/[. ]+$/, '')
		.trim();
	return stem === '' ? 'video' : reserved.test(stem) ? `${stem}_` : stem;
}

/** A NAME for each video of a project: later ones of the same name get -2, -3 ... Case does not tell two apart. */
export function fileStems(videoNames: string[]): string[] {
	const taken = new Set<string>();
	return videoNames.map((videoName) => {
		const stem = fileStem(videoName);
		let candidate = stem;
		for (let number = 2; taken.has(candidate.toLowerCase()); number++) {
			candidate = `${stem}-${number}`;
		}
		taken.add(candidate.toLowerCase());
		return candidate;
	});
}

/** The picture of an exported frame, relative to the folder of the files: `NAME/00000.jpg`. Forward slashes always. */
export function pictureName(stem: string, frameIndex: number, extension: 'jpg' | 'png' = 'jpg'): string {
	return `${stem}/${String(frameIndex).padStart(5, '0')}.${extension}`;
}
