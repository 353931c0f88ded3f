import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { StudioError } from '../../../../preload/common/studio-error.ts';

/** More than the largest provider library has. */
const entryLimitBytes = 4 * 2 ** 30;

/**
 * Writes some entries of a zip archive to files of our choice. Every name of the archive is looked at: one that leads
 * out of a folder makes the whole archive refused.
 *
 * @throws nvidia.damaged
 */
export async function unpackEntries(
	archivePath: string,
	request: { targets: ReadonlyMap<string, string>; signal: AbortSignal; onUnpacked: (name: string) => void },
): Promise<void> {
	const { targets, signal } = request;
	const missing = new Set(targets.keys());
	try {
		const archive = await yauzl.openPromise(archivePath, {
			autoClose: false,
			lazyEntries: true,
			strictFileNames: true,
			validateEntrySizes: true,
		});
		try {
			const entries: yauzl.Entry[] = [];
			for await (const entry of archive.eachEntry()) {
				entries.push(entry);
			}
			for (const entry of entries.filter(({ fileName }) => missing.has(fileName))) {
				signal.throwIfAborted();
				if (entry.uncompressedSize > entryLimitBytes) {
					throw new Error(`${entry.fileName} would have ${entry.uncompressedSize} bytes`);
				}
				const target = createWriteStream(targets.get(entry.fileName)!, { flags: 'wx', mode: 0o755 });
				await pipeline(await archive.openReadStreamPromise(entry), target, { signal });
				missing.delete(entry.fileName);
				request.onUnpacked(entry.fileName);
			}
		} finally {
			archive.close();
		}
	} catch (cause) {
		signal.throwIfAborted();
		if (cause instanceof Error && 'code' in cause && 'syscall' in cause) {
			throw cause;
		}
		throw new StudioError('nvidia.damaged', { reason: cause instanceof Error ? cause.message : String(cause) });
	}
	const [name] = missing;
	if (name !== undefined) {
		throw new StudioError('nvidia.damaged', { reason: `it has no ${name}` });
	}
}
