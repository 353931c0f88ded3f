import { delimiter, join } from 'node:path';
import { exists } from './unpack.ts';

/** A Chrome, Chromium or Edge that is on the machine, or `null`. `MASKLET_BROWSER` names one by its path. */
export async function findBrowser(): Promise<string | null> {
	for (const path of candidates()) {
		if (await exists(path)) {
			return path;
		}
	}
	return null;
}

function candidates(): string[] {
	const { env } = process;
	const chosen = env.MASKLET_BROWSER ? [env.MASKLET_BROWSER] : [];
	if (process.platform === 'darwin') {
		const names = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
		const folders = ['/Applications', join(env.HOME ?? '', 'Applications')];
		return [
			...chosen,
			...folders.flatMap((folder) => names.map((name) => join(folder, `${name}.app/Contents/MacOS/${name}`))),
		];
	}
	if (process.platform === 'win32') {
		const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter((folder) => folder);
		const names = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
		return [...chosen, ...names.flatMap((name) => folders.map((folder) => join(folder!, name)))];
	}
	const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge'];
	const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder);
	return [...chosen, ...names.flatMap((name) => folders.map((folder) => join(folder, name)))];
}
