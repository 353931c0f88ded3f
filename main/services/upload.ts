import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, mkdir, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileError } from './host/browse.ts';

/**
 * Writes an upload into a folder under a free name made from the one it came with. It gets that name once it is whole.
 *
 * @returns its path
 * @throws disk.full, file.denied; an aborted upload leaves nothing
 */
export async function saveUpload(
	folder: string,
	upload: { name: string; body: AsyncIterable<Uint8Array>; signal: AbortSignal },
): Promise<string> {
	const name = safeName(upload.name);
	const partial = join(folder, `.${name}.${randomUUID()}.partial`);
	try {
		await mkdir(folder, { recursive: true });
		await pipeline(Readable.from(upload.body), createWriteStream(partial, { flags: 'wx' }), {
			signal: upload.signal,
		});
		return await nameFreely(partial, join(folder, name));
	} catch (error) {
		throw fileError(error as NodeJS.ErrnoException, folder);
	} finally {
		await rm(partial, { force: true });
	}
}

/** A link fails where something has the name already, so no two uploads ever meet. */
async function nameFreely(partial: string, wanted: string): Promise<string> {
	const extension = extname(wanted);
	const stem = wanted.slice(0, wanted.length - extension.length);
	for (let number = 1; ; number++) {
		const path = number === 1 ? wanted : `${stem} (${number})${extension}`;
		try {
			await link(partial, path);
			return path;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
				throw error;
			}
		}
	}
}

function safeName(name: string): string {
	// eslint-disable-next-line no-control-regex
	const safe = basename(name.replaceAll('\\', '/')).replace(/[<>:"/\\|?*\u0000-\u001f]/g, '_');
	return safe.replace(/^\.+/, '') || 'video';
}
