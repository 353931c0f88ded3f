import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import {
	insertRow,
	listLabels,
	openStore,
	projectCounts,
	readProject,
	removeLabel,
	runEdit,
	type Store,
	updateRow,
} from '../../store/index.ts';
import { nextColour } from '../../../preload/common/palette.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { Label, ProjectInfo } from '../../../preload/contract/project.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';
import { makeFolder } from '../host/browse.ts';
import { modelOf } from '../model/choice.ts';
import { definedOf } from '../defined.ts';
import { importMedia } from '../video/import.ts';
import { createRecentProjects } from './recent.ts';
import { createTurns } from './turns.ts';

/** What the project service asks of the one who holds the open project. */
export type ProjectHolder = {
	/** Takes a store as the open project, in place of the one before. */
	hold: (store: Store) => Promise<void>;
	release: () => Promise<void>;
	current: () => Store | null;
	/** Aborts when the services are closed. */
	closing: AbortSignal;
};

export function createProjectService(context: ServiceContext, holder: ProjectHolder): ServiceHandlers<'project'> {
	const { deps } = context;
	const recent = createRecentProjects(deps.dataFolder);
	const inTurn = createTurns();

	async function take(store: Store): Promise<ProjectInfo> {
		await holder.hold(store);
		const info = projectInfoOf(context, store);
		await recent.add({ path: info.path, name: info.name, openedAtMillis: deps.now() }).catch((error: unknown) => {
			// The list is a convenience; the project is open all the same.
			deps.log.warn({ error }, 'the recent projects could not be written');
		});
		return info;
	}

	async function create(path: string, name: string): Promise<ProjectInfo> {
		const target = projectPath(path);
		await makeFolder(dirname(target));
		return take(openStore(target, { mode: 'create', name, ...clockOf(deps) }));
	}

	async function open(path: string): Promise<ProjectInfo> {
		const target = resolve(path);
		const current = holder.current();
		// The store resolves links, so that the same file under another name is not opened beside itself. One that is
		// read-only is opened anew: whoever had it may be gone.
		if (current && !current.isReadOnly && existsSync(target) && realpathSync(target) === current.path) {
			return projectInfoOf(context, current);
		}
		return take(openStore(target, { mode: 'edit', ...clockOf(deps) }));
	}

	async function openSample(): Promise<ProjectInfo> {
		const path = join(deps.dataFolder, 'Sample.masklet');
		if (existsSync(path)) {
			const info = await open(path);
			if (info.videoCount > 0 || info.isReadOnly) {
				return info;
			}
		} else {
			await create(path, 'Sample');
		}
		const { problems } = await importMedia(context, { paths: [deps.samplePath], signal: holder.closing });
		for (const { code, message, data } of problems) {
			context.emit('warning', { code, message, data });
		}
		return projectInfoOf(context, context.project().store);
	}

	return {
		current: () => {
			const store = holder.current();
			return store && projectInfoOf(context, store);
		},
		recent: () => recent.list(),
		create: ({ path, name }) => inTurn(() => create(path, name)),
		open: ({ path }) => inTurn(() => open(path)),
		openSample: () => inTurn(openSample),
		close: async () => {
			await inTurn(holder.release);
			return null;
		},
		forgetRecent: async ({ path }) => {
			await recent.forget(path);
			return null;
		},
		labels: () => listLabels(context.project().store.db),
		addLabel: ({ name, colour }) => {
			const { store } = context.editable();
			const labels = listLabels(store.db);
			checkLabelName(labels, name, null);
			const row = { name, colour: colour ?? nextColour(labels.map((label) => label.colour)) };
			const { value: labelId } = runEdit(store, { name: `Add label ${name}`, kind: 'project.addLabel' }, (db) =>
				insertRow(db, 'label', row),
			);
			return { labelId, ...row };
		},
		updateLabel: ({ labelId, ...patch }) => {
			const { store } = context.editable();
			const labels = listLabels(store.db);
			const label = labelOf(labels, labelId);
			if (patch.name !== undefined) {
				checkLabelName(labels, patch.name, labelId);
			}
			runEdit(store, { name: `Change label ${label.name}`, kind: 'project.updateLabel' }, (db) =>
				updateRow(db, 'label', labelId, definedOf(patch)),
			);
			return null;
		},
		removeLabel: ({ labelId }) => {
			const { store } = context.editable();
			const label = labelOf(listLabels(store.db), labelId);
			runEdit(store, { name: `Delete label ${label.name}`, kind: 'project.removeLabel' }, (db) =>
				removeLabel(db, labelId),
			);
			return null;
		},
	};
}

export function projectInfoOf(context: ServiceContext, store: Store): ProjectInfo {
	const project = readProject(store.db);
	const { videoCount, trackCount } = projectCounts(store.db);
	return {
		path: store.path,
		name: project.name,
		isReadOnly: store.isReadOnly,
		modelId: modelOf(context, project),
		videoCount,
		trackCount,
	};
}

/** Uploads go beside the project file: `Dogs.masklet` has `Dogs.media`. */
export function mediaFolderOf(store: Store): string {
	return join(dirname(store.path), `${basename(store.path, extname(store.path))}.media`);
}

function projectPath(path: string): string {
	const target = resolve(path);
	if (extname(target).toLowerCase() !== '.masklet') {
		throw new StudioError('project.pathType', { path: target });
	}
	return target;
}

function clockOf(deps: ServiceContext['deps']): { now: () => number; author?: string } {
	return { now: deps.now, ...(deps.author === null ? {} : { author: deps.author }) };
}

function labelOf(labels: readonly Label[], labelId: number): Label {
	const label = labels.find((candidate) => candidate.labelId === labelId);
	if (!label) {
		throw new StudioError('track.labelUnknown', { labelId });
	}
	return label;
}

function checkLabelName(labels: readonly Label[], name: string, exceptId: number | null): void {
	if (labels.some((label) => label.name === name && label.labelId !== exceptId)) {
		throw new StudioError('project.labelTaken', { name });
	}
}
