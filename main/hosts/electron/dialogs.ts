import { join } from 'node:path';
import type { BrowserWindow, Dialog, FileFilter } from 'electron';
import type { DialogKind } from '../../../preload/contract/host.ts';

const videos: FileFilter = { name: 'Videos', extensions: ['mp4', 'mov', 'mkv', 'webm', 'm4v'] };
const projects: FileFilter = { name: 'Masklet projects', extensions: ['masklet'] };
const weights: FileFilter = { name: 'SAM 2 weights', extensions: ['pt', 'pth', 'safetensors'] };
const everything: FileFilter = { name: 'All files', extensions: ['*'] };

/** Native dialogs over the studio's window; no paths when cancelled. */
export function createPicker(dialog: Dialog, options: { window: () => BrowserWindow | null; documentsFolder: string }) {
	return async ({
		kind,
		suggestedName,
	}: {
		kind: DialogKind;
		suggestedName?: string | undefined;
	}): Promise<string[]> => {
		const window = options.window();
		if (!window) {
			return [];
		}
		if (kind === 'newProject') {
			const { filePath } = await dialog.showSaveDialog(window, {
				title: 'New project',
				defaultPath: join(options.documentsFolder, suggestedName ?? 'Untitled.masklet'),
				filters: [projects],
			});
			return filePath ? [filePath.endsWith('.masklet') ? filePath : `${filePath}.masklet`] : [];
		}
		const { filePaths } = await dialog.showOpenDialog(window, openOptions[kind]);
		return filePaths;
	};
}

const openOptions: Record<Exclude<DialogKind, 'newProject'>, Electron.OpenDialogOptions> = {
	importMedia: { title: 'Import videos', properties: ['openFile', 'multiSelections'], filters: [videos, everything] },
	importFolder: { title: 'Import folders of pictures', properties: ['openDirectory', 'multiSelections'] },
	openProject: { title: 'Open project', properties: ['openFile'], filters: [projects, everything] },
	addModel: { title: 'Add a model', properties: ['openFile'], filters: [weights, everything] },
	exportFolder: { title: 'Export into a folder', properties: ['openDirectory', 'createDirectory'] },
};
