/** Errors of the format area: code -> sentence. A sentence states the rule, what was found, and the way out; paths last. */
export const formatErrors = {
	'mask.malformed': (data: { reason: string }) =>
		`A mask is not a valid run-length code: ${data.reason}. The file was cut or changed; export it again`,
	'mask.size': (data: { width: number; height: number; expectedWidth: number; expectedHeight: number; path: string }) =>
		`A mask has the size of its video, ${data.expectedWidth}x${data.expectedHeight}; this one is ` +
		`${data.width}x${data.height}. Resize it without smoothing: ${data.path}`,
	'mask.unreadable': (data: { reason: string; path: string }) =>
		`A mask picture is a PNG that can be read; this one is not (${data.reason}). Save it again as PNG: ${data.path}`,
	'export.holes': (data: { count: number; name: string }) =>
		`A strict export has a mask or "absent" on every frame; ${data.count} of ${data.name} were never annotated. ` +
		`Propagate or mark them, or export without --strict`,
	'export.noTracks': (data: { name: string }) =>
		`An export needs at least one object that is not rejected; ${data.name} has none. Annotate one first`,
	'export.every': (data: { every: number }) =>
		`Entries are written every K frames, K a whole number from 1; ${data.every} is not. Choose another`,
	'export.range': (data: { from: number; to: number; frameCount: number }) =>
		`A range lies within the video, 0 to ${data.frameCount}, and ends after it starts; ${data.from}:${data.to} does not`,
	'format.notJson': (data: { reason: string; path: string }) =>
		`An annotation file is JSON; this one cannot be read (${data.reason}): ${data.path}`,
	'format.unknown': (data: { path: string }) =>
		`Masks are read from SA-V JSON, COCO JSON or a folder of PNG masks; this is none of them: ${data.path}`,
	'format.videoNeeded': (data: { names: string[]; video: string | null; path: string }) =>
		`This folder holds masks of ${data.names.slice(0, 8).join(', ') || 'no video'}` +
		`${data.names.length > 8 ? ` and ${data.names.length - 8} more` : ''}` +
		`${data.video === null ? '' : `, not of ${data.video}`}; name one of them (--video NAME): ${data.path}`,
	'format.invalid': (data: { format: string; problems: string[]; path: string }) =>
		`This file is not valid ${data.format}: ${data.problems.slice(0, 5).join('; ')}` +
		`${data.problems.length > 5 ? ` and ${data.problems.length - 5} more` : ''}: ${data.path}`,
	'evaluate.size': (data: { name: string; reference: string; result: string }) =>
		`Reference and result have the same picture size; for ${data.name} they are ${data.reference} and ${data.result}`,
	'evaluate.noFrames': (data: { name: string }) =>
		`Reference and result share no frame to compare for ${data.name}. Export every frame that the reference has`,
	'evaluate.noObjects': (data: { name: string }) => `The reference of ${data.name} has no object to compare`,
} as const;
