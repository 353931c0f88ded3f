import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { launchDecoderPage } from '../../main/media/chromium/launch.ts';
import type { MediaLog } from '../../main/media/media.ts';
import type { Channel } from '../../preload/rpc/channel.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const cacheFolder = `${root}.cache/`;
const pageFolder = `${cacheFolder}decoder-page/`;

export const quietLog: MediaLog = { info() {}, warn() {}, debug() {} };

/** Builds the decoder page for tests, apart from the product's build: some 300 ms. */
export async function buildDecoderPage(): Promise<string> {
	mkdirSync(pageFolder, { recursive: true });
	await build({
		configFile: false,
		root: `${root}renderer`,
		base: './',
		logLevel: 'error',
		build: {
			outDir: pageFolder,
			emptyOutDir: true,
			target: 'esnext',
			rolldownOptions: { input: `${root}renderer/decoder/decoder.html` },
		},
	});
	return pageFolder;
}

export function openTestDecoder(log: MediaLog = quietLog): (signal?: AbortSignal) => Promise<Channel> {
	let built: Promise<string> | undefined;
	return async (signal) => {
		built ??= buildDecoderPage();
		return launchDecoderPage({ pageFolder: await built, cacheFolder, log, signal });
	};
}
