import { rm } from 'node:fs/promises';
import { isStudioError, StudioError } from '../../preload/common/studio-error.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import { openLink } from '../../preload/rpc/link.ts';
import { type CompileRequest, partialFolderOf } from './compile.ts';
import type { ModelManifest } from './manifest.ts';
import { type ChildMethods, remote } from './protocol.ts';

/**
 * `compileModel` in a child process of its own: building a large network's graphs would hold this thread for seconds,
 * and the child that serves clicks as well. Ends the child whatever happens; nothing half is left.
 */
export async function compileInProcess(
	request: CompileRequest & { spawn: () => Channel | Promise<Channel> },
): Promise<ModelManifest> {
	const { source, outFolder, imageSize, variant, signal, onProgress } = request;
	const link = openLink(await request.spawn(), {
		onNotice: (name, payload) => {
			if (name === 'compileProgress') {
				onProgress?.(payload as number);
			}
		},
	});
	try {
		const options = { ...(imageSize === undefined ? {} : { imageSize }), ...(variant ? { variant } : {}) };
		return await remote<ChildMethods>(link)('compile', { source, outFolder, ...options }, signal);
	} catch (error) {
		if (isStudioError(error, 'request.closed')) {
			throw new StudioError('model.processDied', { reason: 'it ended while it read the weights' }, { cause: error });
		}
		throw error;
	} finally {
		link.close();
		await rm(partialFolderOf(outFolder), { recursive: true, force: true, maxRetries: 5 });
	}
}
