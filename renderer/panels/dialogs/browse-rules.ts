import type { BrowseEntry } from '../../../preload/contract/host.ts';
import type { BrowsePurpose } from '../../state/dialogs.ts';

/** What can be chosen for a purpose; folders can always be walked into. */
export function canChoose(kind: BrowseEntry['kind'], purpose: BrowsePurpose): boolean {
	const kinds: Record<BrowsePurpose, readonly BrowseEntry['kind'][]> = {
		importMedia: ['video', 'folder', 'other'],
		importFolder: ['folder'],
		openProject: ['project'],
		newProject: ['folder'],
		exportFolder: ['folder'],
		addModel: ['weights'],
	};
	return kinds[purpose].includes(kind);
}

/** Where nothing is chosen, the folder that shows is meant. */
export function meansShownFolder(purpose: BrowsePurpose): boolean {
	return purpose === 'importFolder' || purpose === 'exportFolder' || purpose === 'newProject';
}

export function joinPath(folder: string, name: string): string {
	const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
	return `${folder.replace(/[\\/]+$/, '')}${separator}${name}`;
}
