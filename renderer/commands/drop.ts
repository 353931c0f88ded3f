import type { Studio } from '../state/studio.svelte.ts';
import { createProjectNamed, importPaths } from './import-media.ts';

/** In Electron a dropped file has a path; the preload tells it. */
export type PathOfFile = (file: File) => string;

/**
 * Takes what was dropped on the hub or the studio. Where files have no path (a browser), they are uploaded into the
 * project's media folder, and the studio says so. Without a project one is made, named after the first file.
 */
export async function takeDrop(studio: Studio, files: readonly File[], pathOf: PathOfFile | null): Promise<void> {
	const [first] = files;
	if (!first) {
		studio.messages.say('warning', 'Only files and folders can be dropped here');
		return;
	}
	const project = files.find(({ name }) => name.endsWith('.masklet'));
	if (project) {
		await openDropped(studio, project, pathOf);
		return;
	}
	if (!studio.project) {
		await makeProjectFor(studio, first);
	}
	const paths = pathOf ? files.map(pathOf) : await uploadAll(studio, files);
	await importPaths(studio, paths);
}

async function openDropped(studio: Studio, file: File, pathOf: PathOfFile | null): Promise<void> {
	if (!pathOf) {
		studio.messages.say('warning', 'A browser does not tell where a dropped project is. Use Open… for it');
		return;
	}
	await studio.enterProject(await studio.client.project.open({ path: pathOf(file) }));
}

async function makeProjectFor(studio: Studio, file: File): Promise<void> {
	const stem = file.name.replace(/\.[^.]+$/, '') || 'Untitled';
	for (let copy = 1; ; copy++) {
		try {
			await createProjectNamed(studio, copy === 1 ? stem : `${stem} ${copy}`);
			return;
		} catch (error) {
			const isTaken = error instanceof Error && 'code' in error && error.code === 'file.exists';
			if (!isTaken || copy === 99) {
				throw error;
			}
		}
	}
}

async function uploadAll(studio: Studio, files: readonly File[]): Promise<string[]> {
	const paths: string[] = [];
	for (const file of files) {
		studio.messages.say('info', `Copying ${file.name} into the project's media folder`);
		const response = await fetch(`/upload/${encodeURIComponent(file.name)}`, { method: 'POST', body: file });
		const answer: unknown = await response.json().catch(() => null);
		const { path, message } = (answer ?? {}) as { path?: unknown; message?: unknown };
		if (!response.ok || typeof path !== 'string') {
			throw new Error(
				typeof message === 'string'
					? message
					: `${file.name} could not be copied into the project's media folder (${response.status}). Use Import… with its path`,
			);
		}
		paths.push(path);
	}
	return paths;
}
