import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { launchDecoderPage } from '../../main/media/chromium/launch.ts';
import type { MediaLog } from '../../main/media/media.ts';
import type { Channel } from '../../preload/rpc/channel.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cacheFolder = join(root, '.cache');

export const quietLog: MediaLog = { info() {}, warn() {}, debug() {} };

/** What media takes as `openDecoder`, with a page built apart from the product's build. */
export function openTestDecoder(log: MediaLog = quietLog): (signal?: AbortSignal) => Promise<Channel> {
	return async (signal) => {
		const pageFolder = await builtDecoderPage();
		return launchDecoderPage({ pageFolder, cacheFolder, log, ...(signal && { signal }) });
	};
}

/** The folder of the built page; built once for these sources, whichever test process comes first. */
export async function builtDecoderPage(): Promise<string> {
	const pagesFolder = join(cacheFolder, 'decoder-page');
	const pageFolder = join(pagesFolder, await sourceHash());
	if (existsSync(pageFolder)) {
		return pageFolder;
	}
	const partial = `${pageFolder}.${process.pid}-${performance.now()}`;
	await mkdir(partial, { recursive: true });
	await build({
		configFile: false,
		root: join(root, 'renderer'),
		base: './',
		logLevel: 'error',
		build: {
			outDir: partial,
			emptyOutDir: true,
			target: 'esnext',
			rolldownOptions: { input: join(root, 'renderer/decoder/decoder.html') },
		},
	});
	// Another process may have been faster.
	await rename(partial, pageFolder).catch(() => rm(partial, { recursive: true }));
	return pageFolder;
}

async function sourceHash(): Promise<string> {
	const hash = createHash('sha256').update(await readFile(join(root, 'package-lock.json')));
	for await (const path of glob(['renderer/decoder/*', 'preload/{rpc,common,contract}/**/*.ts'], { cwd: root })) {
		hash.update(path).update(await readFile(join(root, path)));
	}
	return hash.digest('hex').slice(0, 16);
}
