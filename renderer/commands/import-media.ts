import type { Contract, ResultOf } from '../../preload/contract/index.ts';
import type { BrowsePurpose } from '../state/dialogs.ts';
import type { Studio } from '../state/studio.svelte.ts';

type Imported = ResultOf<Contract['video']['import']>;

/** Asks for files or folders: with the system's dialog where the host has one, else with our own browser. */
export async function pickPaths(studio: Studio, purpose: BrowsePurpose, suggestedName?: string): Promise<string[]> {
	if (studio.host?.hasDialogs) {
		return studio.client.host.pick({ kind: purpose, suggestedName });
	}
	const startFolder = studio.preferences.values.browseFolder;
	return new Promise((resolve) => {
		studio.dialog = { kind: 'browse', purpose, startFolder, resolve };
	});
}

/** Imports what can be read, shows the first of it, and says of the rest why not. */
export async function importPaths(studio: Studio, paths: readonly string[]): Promise<void> {
	if (paths.length === 0) {
		return;
	}
	const imported = await studio.jobs.result<Imported>(studio.client.video.import({ paths: [...paths] }));
	await studio.project?.refreshVideos();
	const first = imported.videoIds[0];
	if (first !== undefined) {
		await studio.openVideo(first);
	}
	if (imported.problems.length > 0) {
		const count = imported.problems.length;
		studio.dialog = {
			kind: 'problems',
			title: count === 1 ? 'One source could not be imported' : `${count} sources could not be imported`,
			problems: imported.problems,
		};
	} else if (imported.videoIds.length > 1) {
		studio.messages.say('good', `${imported.videoIds.length} videos imported`);
	}
}

/** Creates a project next to the user's documents, under a name that is free. */
export async function createProjectNamed(studio: Studio, name: string, folder?: string): Promise<void> {
	const parent = folder ?? studio.host?.documentsFolder ?? '.';
	const separator = parent.includes('\\') && !parent.includes('/') ? '\\' : '/';
	const path = `${parent.replace(/[\\/]$/, '')}${separator}${fileNameOf(name)}.masklet`;
	await studio.enterProject(await studio.client.project.create({ path, name }));
}

/** A name that every file system takes. */
export function fileNameOf(name: string): string {
	const safe = name
		.trim()
		.replace(/[<>:"/\\|?*\p{Cc}]/gu, '-')
		.replace(/[. ]+$/, '');
	return safe === '' ? 'project' : safe;
}
