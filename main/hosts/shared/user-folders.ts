import { homedir } from 'node:os';
import { join } from 'node:path';

export type UserFolders = {
	/** Recent projects, the sample project, models, the running host's address. */
	data: string;
	/** May be removed at any time. */
	cache: string;
	/** Where a new project is proposed. */
	documents: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's folders, the same in every host. `MASKLET_HOME` puts all of them into one folder. */
export function userFolders(environment: Environment = process.env, platform: string = process.platform): UserFolders {
	const own = environment.MASKLET_HOME;
	if (own) {
		return { data: join(own, 'data'), cache: join(own, 'cache'), documents: own };
	}
	const home = homedir();
	const documents = join(home, 'Documents', 'Masklet');
	if (platform === 'darwin') {
		const library = join(home, 'Library');
		return {
			data: join(library, 'Application Support', 'Masklet'),
			cache: join(library, 'Caches', 'Masklet'),
			documents,
		};
	}
	if (platform === 'win32') {
		const local = environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local');
		return { data: join(environment.APPDATA ?? local, 'Masklet'), cache: join(local, 'Masklet', 'Cache'), documents };
	}
	return {
		data: join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'masklet'),
		cache: join(environment.XDG_CACHE_HOME || join(home, '.cache'), 'masklet'),
		documents,
	};
}
