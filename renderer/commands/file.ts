import { always, type CommandContext, type CommandSet } from './command.ts';
import { importPaths, pickPaths } from './import-media.ts';

export function fileCommands({ studio }: CommandContext): CommandSet {
	const hasProject = () => studio.project !== null;
	const canImport = () => studio.project !== null && !studio.isReadOnly;
	return {
		'project.new': {
			when: always,
			run: () => {
				studio.dialog = { kind: 'newProject' };
			},
		},
		'project.open': {
			when: always,
			async run() {
				const [path] = await pickPaths(studio, 'openProject');
				if (path !== undefined) {
					studio.isOpening = true;
					try {
						await studio.enterProject(await studio.client.project.open({ path }));
					} finally {
						studio.isOpening = false;
					}
				}
			},
		},
		'project.sample': {
			when: always,
			async run() {
				studio.isOpening = true;
				try {
					await studio.enterProject(await studio.client.project.openSample());
				} finally {
					studio.isOpening = false;
				}
			},
		},
		'project.close': {
			when: hasProject,
			async run() {
				studio.rememberView();
				await studio.client.project.close();
				studio.leaveProject();
				studio.recents = await studio.client.project.recent();
			},
		},
		'video.import': {
			when: canImport,
			run: async () => importPaths(studio, await pickPaths(studio, 'importMedia')),
		},
		'video.importFolder': {
			when: canImport,
			run: async () => importPaths(studio, await pickPaths(studio, 'importFolder')),
		},
		'export.open': {
			when: () => (studio.project?.videos.length ?? 0) > 0,
			run: () => {
				studio.dialog = { kind: 'export' };
			},
		},
	};
}
