import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from '../../main/media/chromium/find-browser.ts';
import { unpackChromium } from '../../main/media/chromium/unpack.ts';
import { assert } from '../../preload/common/assert.ts';

const cacheFolder = join(import.meta.dirname, '../../.cache');

/** A headless Chromium for tests: the one that npm brought, else one of the machine's; sandboxed where that works. */
export async function launchTestBrowser(): Promise<Browser> {
	const unpacked = await unpackChromium(cacheFolder);
	const executablePath = unpacked?.executablePath ?? (await findBrowser());
	assert(executablePath, 'no Chromium here: install Chrome or Chromium, or name one in MASKLET_BROWSER');
	const libraries = await unpacked?.libraries();
	const env = { ...process.env, ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) } as Record<string, string>;
	const launch = (chromiumSandbox: boolean): Promise<Browser> =>
		chromium.launch({
			executablePath,
			chromiumSandbox,
			env,
			args: [
				'--headless',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
			],
		});
	return launch(true).catch(() => launch(false));
}
