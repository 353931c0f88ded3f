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
	'project.none': () => 'No project is open. Create one or open one first',
	'project.readOnly': (data: { path: string }) =>
		`This project is open in another Masklet, so it can only be read here. Close it there to edit it here: ${data.path}`,
	'project.videoUnknown': (data: { videoId: number }) => `The project has no video ${data.videoId}`,
	'project.trackUnknown': (data: { trackId: number }) => `The project has no object ${data.trackId}`,
	'project.frameOutside': (data: { frameIndex: number; frameCount: number }) =>
		`Frames of this video are numbered 0 to ${data.frameCount - 1}; ${data.frameIndex} is outside`,
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
