/** Errors of the store area: code -> sentence. A sentence states the rule, what was found, and the way out; paths last. */
export const storeErrors = {
	'store.suffix': (data: { path: string }) =>
		`A project's file name ends in .masklet, and this one does not. Give it that ending: ${data.path}`,
	'store.isFolder': (data: { path: string }) =>
		`A project is one file that ends in .masklet, and this is a folder. Open the file in it, or import the folder as a video: ${data.path}`,
	'store.folderMissing': (data: { path: string }) =>
		`The folder of the project has to exist, and it does not. Create it first, or choose another place: ${data.path}`,
	'store.notProject': (data: { path: string }) =>
		`This file is not a Masklet project, so it was left alone. Choose a file that Masklet made: ${data.path}`,
	'store.fromFuture': (data: { path: string; fileVersion: number; version: number }) =>
		`This project was saved by a newer Masklet (file version ${data.fileVersion}; this one reads up to ${data.version}). Update Masklet to open it: ${data.path}`,
	'store.fromPast': (data: { path: string; fileVersion: number; version: number }) =>
		`This project is of an older Masklet (file version ${data.fileVersion}, here ${data.version}) and has to be brought up to date, which cannot be done while it is only read. Open it for editing once: ${data.path}`,
	'store.damaged': (data: { path: string; reason: string }) =>
		`The project file is damaged (${data.reason}). Nothing was changed in it; go back to a copy of it: ${data.path}`,
	'store.ioFailed': (data: { path: string; reason: string }) =>
		`The disk refused to read or write the project (${data.reason}). What was saved before is safe; check the disk and try again: ${data.path}`,
	'store.writeProtected': (data: { path: string }) =>
		`The project can only be read here, because its file or folder is write-protected or it was opened for reading. Copy it to a place of yours to edit it: ${data.path}`,
	'store.passUnknown': (data: { passId: number }) => `The project has no run ${data.passId}`,
	'store.passEnded': (data: { passId: number; state: string }) =>
		`Only a run that is not finished can be used so, and run ${data.passId} is ${data.state}`,
} as const;
