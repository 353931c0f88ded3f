/** Errors of the media area: code -> sentence. A sentence states the rule, what was found, and the way out; paths last. */
export const mediaErrors = {
	'media.empty': (data: { path: string }) => `The file is empty. Copy or download it again: ${data.path}`,
	'media.notVideo': (data: { path: string }) =>
		`This is not a video that Masklet knows: it reads MP4, MOV, MKV and WebM files and folders of JPEG or PNG pictures: ${data.path}`,
	'media.truncated': (data: { path: string; reason: string }) =>
		`The file is cut off (${data.reason}), as after a broken copy, download or recording. Copy it again: ${data.path}`,
	'media.broken': (data: { path: string; reason: string }) =>
		`The file cannot be read as a video (${data.reason}). Copy it again, or convert it: ffmpeg -i INPUT -c:v libx264 -crf 12 OUTPUT.mp4: ${data.path}`,
	'media.noVideo': (data: { path: string }) =>
		`The file has sound but no picture. Choose a file with a video track: ${data.path}`,
	'media.containerUnsupported': (data: { path: string; container: string }) =>
		`${data.container} files cannot be read; Masklet reads MP4, MOV, MKV and WebM. Convert it: ffmpeg -i INPUT -c:v libx264 -crf 12 -pix_fmt yuv420p OUTPUT.mp4: ${data.path}`,
	'media.codecUnsupported': (data: { path: string; codec: string }) =>
		`${data.codec} video cannot be decoded here; H.264, VP8, VP9, AV1 and ProRes can. Convert it: ffmpeg -i INPUT -c:v libx264 -crf 12 -pix_fmt yuv420p OUTPUT.mp4: ${data.path}`,
	'media.noFrames': (data: { path: string }) =>
		`The video track has no frames. Choose another file, or record it again: ${data.path}`,
	'media.noPictures': (data: { path: string }) =>
		`A folder is a video when it has JPEG or PNG pictures in it, and this one has none: ${data.path}`,
	'media.mixedSizes': (data: { path: string; first: string; other: string; otherName: string }) =>
		`The pictures of a folder must all have one size; the first is ${data.first} and ${data.otherName} is ${data.other}. Move the odd ones out: ${data.path}`,
	'media.pictureBroken': (data: { path: string; reason: string }) =>
		`The picture cannot be read (${data.reason}). Replace it: ${data.path}`,
	'media.frameUnreadable': (data: { path: string; frameIndex: number }) =>
		`The file is broken at frame ${data.frameIndex}; the frames before and after can be used. An undamaged copy has it all: ${data.path}`,
	'media.changed': (data: { path: string }) =>
		`The file is not the one that was imported: it has changed since. Point the video at the original: ${data.path}`,
	'media.noBrowser': () =>
		'Video is decoded by a Chromium, and none was found. Install Chrome, Chromium or Edge, or name one in MASKLET_BROWSER',
	'media.decoderStart': (data: { reason: string }) => `The video decoder did not start: ${data.reason}. Try again`,
	'media.decoderLost': () => 'The video decoder stopped in the middle of its work. Try again; nothing is lost',
} as const;
