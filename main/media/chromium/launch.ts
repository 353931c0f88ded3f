import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { Channel } from '../../../preload/rpc/channel.ts';
import type { MediaLog } from '../media.ts';
import { startBrowserProcess, type BrowserProcess } from './browser-process.ts';
import { findBrowser } from './find-browser.ts';
import { servePage, type PageServer } from './page-server.ts';
import { exists, unpackChromium } from './unpack.ts';

export type LaunchOptions = {
	/** The folder that has the built page at `decoder/decoder.html`. */
	pageFolder: string;
	/** A folder of this user's own; the unpacked browser stays there, profiles come and go. */
	cacheFolder: string;
	log: MediaLog;
	signal?: AbortSignal;
};

/**
 * Starts a headless Chromium with the decoder page and gives the channel to it. The browser is the one that npm brought,
 * else one of the machine's. Closing the channel ends the browser; a browser that dies closes the channel.
 */
export async function launchDecoderPage({ pageFolder, cacheFolder, log, signal }: LaunchOptions): Promise<Channel> {
	if (!(await exists(join(pageFolder, 'decoder', 'decoder.html')))) {
		throw new StudioError('media.decoderStart', { reason: 'the decoder page is not built (npm run build)' });
	}
	await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
	const unpacked = await unpackChromium(cacheFolder, signal);
	const executablePath = unpacked?.executablePath ?? (await findBrowser());
	if (!executablePath) {
		throw new StudioError('media.noBrowser');
	}
	const started = performance.now();
	const attempt = { executablePath, pageFolder, cacheFolder, libraryFolder: null as string | null, signal };
	let hasSandbox = true;
	for (;;) {
		const outcome = await tryBrowser({ ...attempt, hasSandbox });
		if ('channel' in outcome) {
			log.debug(`decoder page ready in ${Math.round(performance.now() - started)} ms`);
			if (!hasSandbox) {
				log.warn('The browser that decodes video runs without its sandbox, as the sandbox does not work here');
			}
			return outcome.channel;
		}
		log.debug(`the browser ended at its start: ${outcome.lastWords}`);
		if (unpacked && !attempt.libraryFolder && /error while loading shared libraries/.test(outcome.lastWords)) {
			attempt.libraryFolder = await unpacked.libraries();
		} else if (hasSandbox) {
			hasSandbox = false;
		} else {
			const reason = outcome.lastWords.trim().split('\n').at(-1) ?? '';
			throw new StudioError('media.decoderStart', { reason: `the browser ended at once: ${reason}` });
		}
	}
}

type Attempt = {
	executablePath: string;
	pageFolder: string;
	cacheFolder: string;
	libraryFolder: string | null;
	hasSandbox: boolean;
	signal: AbortSignal | undefined;
};

/** One start of the browser: its channel, or what it said when it ended before the page called. */
async function tryBrowser(attempt: Attempt): Promise<{ channel: Channel } | { lastWords: string }> {
	const { cacheFolder, signal } = attempt;
	await removeOldProfiles(cacheFolder);
	const profileFolder = await mkdtemp(join(cacheFolder, `profile-${process.pid}-`));
	const server = await servePage(attempt.pageFolder);
	const browser = startBrowserProcess({ ...attempt, profileFolder, temporaryFolder: cacheFolder });
	const ended = browser.exited.then(async (lastWords) => {
		server.close();
		await rm(profileFolder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
		return lastWords;
	});
	browser.open(server.url);
	try {
		const channel = await firstOf({ server, ended, signal });
		return typeof channel === 'string' ? { lastWords: channel } : { channel: ownBrowser(channel, browser) };
	} catch (error) {
		browser.kill();
		await ended;
		throw error;
	}
}

/** Profiles of processes that were killed before they could tidy up. */
async function removeOldProfiles(cacheFolder: string): Promise<void> {
	for (const name of await readdir(cacheFolder)) {
		const pid = Number(/^profile-(\d+)-/.exec(name)?.[1]);
		if (pid && !isAlive(pid)) {
			await rm(join(cacheFolder, name), { recursive: true, force: true }).catch(() => {});
		}
	}
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

const pageMillis = 30_000;

async function firstOf(options: {
	server: PageServer;
	ended: Promise<string>;
	signal: AbortSignal | undefined;
}): Promise<Channel | string> {
	const { promise: stopped, reject } = Promise.withResolvers<never>();
	const abort = () => reject(new StudioError('request.cancelled'));
	const reason = `the decoder page did not answer in ${pageMillis / 1000} s`;
	const timer = setTimeout(() => reject(new StudioError('media.decoderStart', { reason })), pageMillis);
	options.signal?.addEventListener('abort', abort);
	if (options.signal?.aborted) {
		abort();
	}
	try {
		return await Promise.race([options.server.channel, options.ended, stopped]);
	} finally {
		clearTimeout(timer);
		options.signal?.removeEventListener('abort', abort);
	}
}

function ownBrowser(channel: Channel, browser: BrowserProcess): Channel {
	return {
		...channel,
		// A page that crashed leaves its browser behind.
		onClose: (listener) =>
			channel.onClose(() => {
				browser.kill();
				listener();
			}),
		close() {
			channel.close();
			browser.kill();
		},
	};
}
