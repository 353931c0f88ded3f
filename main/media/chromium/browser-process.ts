import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

export type BrowserProcess = {
	/** Opens a page, as soon as the browser can. */
	open(url: string): void;
	/** Resolves when the process is gone, with what it wrote to its error stream last. Never rejects. */
	exited: Promise<string>;
	kill(): void;
};

export type BrowserStart = {
	executablePath: string;
	profileFolder: string;
	/** For temporary files, of which other users see nothing. */
	temporaryFolder: string;
	libraryFolder: string | null;
	hasSandbox: boolean;
};

/**
 * Starts a headless browser. It is driven through its debugging pipe, of which only *open a page* is needed: with a
 * driver library in between, every frame that the page sends would be mirrored to the driver as base64 text (measured:
 * 39 ms a 720p frame against 5). When this process dies the pipe closes, and the browser ends itself.
 */
export function startBrowserProcess(start: BrowserStart): BrowserProcess {
	const child = spawn(
		start.executablePath,
		[...browserArguments, ...(start.hasSandbox ? [] : ['--no-sandbox']), `--user-data-dir=${start.profileFolder}`],
		{
			env: {
				...process.env,
				TMPDIR: start.temporaryFolder,
				...(start.libraryFolder && { LD_LIBRARY_PATH: start.libraryFolder }),
			},
			// 3 and 4 are the debugging pipe: commands in, answers out.
			stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
			// A group of its own: Ctrl-C in a terminal is for us, who then end the browser in order.
			detached: process.platform !== 'win32',
			windowsHide: true,
		},
	);
	let lastWords = '';
	child.stderr!.setEncoding('utf8').on('data', (text: string) => {
		lastWords = (lastWords + text).slice(-4000);
	});
	const commands = child.stdio[3] as Writable;
	// A browser that dies in between is told by its exit.
	commands.on('error', () => {});
	child.stdio[4]!.on('error', () => {}).on('data', () => {});
	const exited = Promise.race([
		once(child, 'exit').then(() => lastWords),
		once(child, 'error').then(([error]) => String(error)),
	]).catch((error: unknown) => String(error));
	return {
		open: (url) => commands.write(`${JSON.stringify({ id: 1, method: 'Target.createTarget', params: { url } })}\0`),
		exited,
		kill() {
			if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
				try {
					process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
				} catch {
					// Gone in this very moment.
				}
			}
		},
	};
}

const browserArguments = [
	'--headless',
	'--remote-debugging-pipe',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--no-default-browser-check',
	'--disable-extensions',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--disable-breakpad',
	'--disable-dev-shm-usage',
	'--disable-background-timer-throttling',
	'--disable-renderer-backgrounding',
	'--password-store=basic',
	'--use-mock-keychain',
	'--mute-audio',
];
