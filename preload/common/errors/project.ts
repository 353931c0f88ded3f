/** Errors of requests and of the open project: code -> sentence. */
export const projectErrors = {
	'request.invalid': (data: { method: string; reason: string }) =>
		`The request ${data.method} was refused because its input is not valid: ${data.reason}`,
	'request.unknown': (data: { method: string }) =>
		`There is no method ${data.method}; the studio and its service are of different versions. Restart both`,
	'request.closed': () => 'The connection to the Masklet service was closed. What was saved is safe; reload to go on',
	'request.cancelled': () => 'Cancelled. What was finished before is kept',
	'request.internal': (data: { reason: string }) =>
		`Something in Masklet itself went wrong: ${data.reason}. What was saved is safe; the log has the details`,
	'request.choice': (data: { what: string; wanted: string | null; names: string[]; option: string }) => {
		const some = data.names.slice(0, 10).join(', ') || `no ${data.what} at all`;
		return data.wanted === null
			? `Which ${data.what}? Name one with ${data.option}. The project has: ${some}`
			: `No single ${data.what} is called "${data.wanted}". The project has: ${some}`;
	},
	'annotate.maskFailed': (data: { reason: string }) =>
		`The model could not make this mask, the prompts are kept: ${data.reason}`,
	'annotate.outside': (data: { x: number; y: number; width: number; height: number }) =>
		`A prompt lies in the picture, which is ${data.width}x${data.height}; (${data.x}, ${data.y}) is outside`,
	'annotate.promptUnknown': (data: { promptId: number }) =>
		`There is no prompt ${data.promptId}; it may have been removed`,
	'annotate.maskSize': (data: { width: number; height: number; reason: string }) =>
		`A mask has the size of the video, ${data.width}x${data.height}; this one has not: ${data.reason}`,
	'import.some': (data: { count: number }) =>
		`${data.count === 1 ? 'One file was' : `${data.count} files were`} not imported, the others are; each says above why`,
	'import.nothing': () => 'Nothing could be imported; each file says above why',
	'file.pictureType': (data: { path: string }) => `A frame is written as .png or .jpg; this is neither: ${data.path}`,
	'host.noDialogs': () => 'This host has no native dialogs; use the browser of the studio instead',
	'project.none': () => 'No project is open. Create one or open one first',
	'project.readOnly': (data: { path: string }) =>
		`This project is open in another Masklet, so it can only be read here. Close it there to edit it here: ${data.path}`,
	'project.videoUnknown': (data: { videoId: number }) => `The project has no video ${data.videoId}`,
	'project.trackUnknown': (data: { trackId: number }) => `The project has no object ${data.trackId}`,
	'project.frameOutside': (data: { frameIndex: number; frameCount: number }) =>
		`Frames of this video are numbered 0 to ${data.frameCount - 1}; ${data.frameIndex} is outside`,
	'project.pathType': (data: { path: string }) => `A project file ends in .masklet; this one does not: ${data.path}`,
	'track.labelUnknown': (data: { labelId: number }) => `The project has no label ${data.labelId}`,
	'track.modelUnknown': (data: { modelId: string; known: string[] }) =>
		`There is no model ${data.modelId}. There are: ${data.known.join(', ')}`,
	'track.noneToCarry': () =>
		'No unlocked object of this video has a prompted or edited frame to carry from. Click an object first',
	'export.nothing': () =>
		'No video of this project has an object, so there is nothing to export. Click an object first',
	'project.labelTaken': (data: { name: string }) => `There is a label "${data.name}" already. Choose another name`,
	'video.nameTaken': (data: { name: string }) =>
		`A video of this project is called "${data.name}" already; names tell their exports apart. Choose another name`,
	'video.otherSource': (data: { name: string; path: string }) =>
		`This is another video than ${data.name}: its content differs. Choose the file that was imported: ${data.path}`,
	'video.sourceMissing': (data: { name: string; path: string }) =>
		`The source of ${data.name} is not where it was. Its masks are safe; put the file back, or show where it is now: ${data.path}`,
	'run.nothing': () => 'Every frame of this range is prompted or edited already, so there is nothing to carry',
	'run.nothingBetween': () =>
		'Interpolating needs two frames of an object that you prompted or edited, with others between them in this range',
	'run.passUnknown': (data: { passId: number }) =>
		`There is no interrupted run ${data.passId}; it may have been taken over`,
	'track.locked': (data: { name: string }) => `The object ${data.name} is locked. Unlock it to edit it`,
	'track.noAnchor': (data: { name: string }) =>
		`The object ${data.name} has no prompted or edited frame to carry from. Click it on a frame first`,
	'file.notFound': (data: { path: string }) => `There is no file or folder at this path: ${data.path}`,
	'file.exists': (data: { path: string }) =>
		`The file is there already. Choose another name, or allow overwriting (--force): ${data.path}`,
	'file.denied': (data: { path: string; reason: string }) =>
		`The file cannot be used (${data.reason}). Check its permissions: ${data.path}`,
	'disk.full': (data: { path: string }) =>
		`The disk is full. Nothing that was saved is lost; free some space and try again: ${data.path}`,
} as const;
