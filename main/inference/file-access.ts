import { open } from 'node:fs/promises';
import type { RandomAccess } from '../../models/weights/random-access.ts';
import { StudioError } from '../../preload/common/studio-error.ts';

/** A file on disk, read in pieces. Close it when done. */
export async function openFile(path: string): Promise<RandomAccess & { close: () => Promise<void> }> {
	const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') {
			throw new StudioError('file.notFound', { path }, { cause: error });
		}
		throw new StudioError('file.denied', { path, reason: error.code ?? error.message }, { cause: error });
	});
	const { size: sizeBytes } = await handle.stat();
	return {
		sizeBytes,
		read: async (offset, length) => {
			const bytes = new Uint8Array(length);
			for (let done = 0; done < length;) {
				const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
				if (bytesRead === 0) {
					throw new StudioError('weights.changed', { path });
				}
				done += bytesRead;
			}
			return bytes;
		},
		close: () => handle.close(),
	};
}
