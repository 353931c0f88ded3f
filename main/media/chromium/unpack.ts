import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliDecompress, createBrotliDecompress } from 'node:zlib';

export type UnpackedChromium = {
	executablePath: string;
	/** Unpacks the libraries that a bare Linux may lack (NSS, expat) and returns their folder, for `LD_LIBRARY_PATH`. */
	libraries: () => Promise<string>;
};

/**
 * The Chromium that npm brought (`@sparticuz/chromium`, Linux x64), unpacked once into the cache folder: 64 MB become
 * 200, in some three seconds. The package's own unpacking goes to the system's temporary folder, which other users
 * can write to. `null` where the package is not for this machine.
 */
export async function unpackChromium(cacheFolder: string, signal?: AbortSignal): Promise<UnpackedChromium | null> {
	if (process.platform !== 'linux' || process.arch !== 'x64') {
		return null;
	}
	const packageFolder = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..');
	const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
	const folder = join(cacheFolder, `chromium-${version}`);
	const executablePath = join(folder, 'chromium');
	await onceInPlace(executablePath, async (partial) => {
		await pipeline(
			createReadStream(join(packageFolder, 'bin', 'chromium.br'), { highWaterMark: 1 << 22 }),
			createBrotliDecompress({ chunkSize: 1 << 21 }),
			createWriteStream(partial, { mode: 0o700 }),
			{ signal },
		);
	});
	const libraries = async () => {
		await onceInPlace(join(folder, 'libraries'), async (partial) => {
			const packed = await readFile(join(packageFolder, 'bin', 'al2023.tar.br'));
			await mkdir(partial, { mode: 0o700 });
			for (const file of tarFiles(await promisify(brotliDecompress)(packed))) {
				await writeFile(join(partial, file.name), file.data, { mode: 0o700 });
			}
		});
		return join(folder, 'libraries');
	};
	return { executablePath, libraries };
}

/** Makes a file or folder under another name and renames it when whole: several may try at once, and any may die. */
async function onceInPlace(path: string, make: (partial: string) => Promise<void>): Promise<void> {
	if (await exists(path)) {
		return;
	}
	await mkdir(dirname(path), { recursive: true, mode: 0o700 });
	const partial = `${path}.${process.pid}-${performance.now()}`;
	try {
		await make(partial);
		await rename(partial, path).catch(async (error: unknown) => {
			if (!(await exists(path))) {
				throw error;
			}
		});
	} finally {
		await rm(partial, { force: true, recursive: true });
	}
}

/** The plain files of a tar archive by their base names. Header: name at 0, size in octal at 124, type at 156. */
function* tarFiles(archive: Buffer): Generator<{ name: string; data: Buffer }> {
	const text = (at: number, length: number) => archive.toString('latin1', at, at + length).replace(/\0.*$/s, '');
	for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
		const sizeBytes = Number.parseInt(text(at + 124, 12), 8);
		const type = text(at + 156, 1);
		if (type === '0' || type === '') {
			yield { name: text(at, 100).split('/').at(-1)!, data: archive.subarray(at + 512, at + 512 + sizeBytes) };
		}
		at += 512 + Math.ceil(sizeBytes / 512) * 512;
	}
}

export async function exists(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false,
	);
}
