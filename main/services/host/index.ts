import { StudioError } from '../../../preload/common/studio-error.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';
import { browseFolder, makeFolder, nearestFolder } from './browse.ts';

export function createHostService({ deps: { host } }: ServiceContext): ServiceHandlers<'host'> {
	return {
		info: () => ({
			kind: host.kind,
			version: host.version,
			hasDialogs: host.hasDialogs,
			hasDropPaths: host.hasDropPaths,
			documentsFolder: host.documentsFolder,
			platform: host.platform,
		}),
		browse: ({ path }) =>
			browseFolder(path === '' || path === host.documentsFolder ? nearestFolder(host.documentsFolder) : path),
		pick: async (input) => {
			if (!host.pick) {
				throw new StudioError('host.noDialogs');
			}
			return host.pick(input);
		},
		makeFolder: async ({ path }) => {
			await makeFolder(path);
			return null;
		},
		reveal: async ({ path }) => {
			if (!host.reveal) {
				throw new StudioError('host.noDialogs');
			}
			await host.reveal(path);
			return null;
		},
	};
}
