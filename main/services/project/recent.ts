import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { RecentProject } from '../../../preload/contract/project.ts';

const RECENT_KEPT = 20;
const stored = z.array(z.object({ path: z.string(), name: z.string(), openedAtMillis: z.number() }));

export interface RecentProjects {
	list(): Promise<RecentProject[]>;
	add(project: { path: string; name: string; openedAtMillis: number }): Promise<void>;
	forget(path: string): Promise<void>;
}

/** The recently opened projects, newest first, in a small file of the user's data folder. */
export function createRecentProjects(dataFolder: string): RecentProjects {
	const path = join(dataFolder, 'recent.json');
	let queue: Promise<void> = Promise.resolve();

	async function read(): Promise<z.infer<typeof stored>> {
		try {
			return stored.parse(JSON.parse(await readFile(path, 'utf8')));
		} catch {
			// Not there yet, or damaged: the list is a convenience, so it starts anew.
			return [];
		}
	}

	function change(apply: (list: z.infer<typeof stored>) => z.infer<typeof stored>): Promise<void> {
		const next = queue.then(async () => {
			const list = apply(await read());
			await mkdir(dirname(path), { recursive: true });
			await writeFile(`${path}.new`, JSON.stringify(list.slice(0, RECENT_KEPT), null, '\t'));
			await rename(`${path}.new`, path);
		});
		queue = next.catch(() => undefined);
		return next;
	}

	return {
		list: async () => (await read()).map((project) => ({ ...project, isThere: existsSync(project.path) })),
		add: (project) => change((list) => [project, ...list.filter((other) => other.path !== project.path)]),
		forget: (forgotten) => change((list) => list.filter((project) => project.path !== forgotten)),
	};
}
