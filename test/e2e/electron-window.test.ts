import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** The real binary, where it was fetched; the host's logic itself is tested on a stand-in in `test/hosts/electron`. */
function electronPath(): string | null {
	const folder = join(root, 'node_modules', 'electron');
	const pathFile = join(folder, 'path.txt');
	const path = existsSync(pathFile) ? join(folder, 'dist', readFileSync(pathFile, 'utf8').trim()) : null;
	return path && existsSync(path) ? path : null;
}

const executablePath = electronPath();
const hasScreen = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
const isBuilt = existsSync(join(root, 'out', 'main', 'electron.js'));

test.skipIf(!executablePath || !hasScreen || !isBuilt)(
	'a real Electron opens the sample and shows a frame',
	async () => {
		const home = await mkdtemp(join(tmpdir(), 'masklet-window-'));
		const app = await _electron.launch({
			executablePath: executablePath!,
			args: [root],
			env: { ...(process.env as Record<string, string>), MASKLET_HOME: home },
		});
		try {
			const window = await app.firstWindow();
			expect(await window.title()).toBe('Masklet');
			expect(window.url()).toBe('masklet://app/');
			// Nothing of Node reaches the page.
			expect(await window.evaluate(() => [typeof globalThis.require, typeof globalThis.process])).toEqual([
				'undefined',
				'undefined',
			]);
			expect(await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.length)).toBeGreaterThan(5);
			await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('project.sample')?.click());
			// The sample's first frame comes through the protocol, from the hidden decoder window.
			await expect
				.poll(
					() =>
						window.evaluate(async () => {
							const response = await fetch('/frame/1/0.jpg?maxSide=64');
							return [response.status, response.headers.get('content-type')];
						}),
					{ timeout: 60_000 },
				)
				.toEqual([200, 'image/jpeg']);
			const { all, shown } = await app.evaluate(({ BrowserWindow }) => {
				const windows = BrowserWindow.getAllWindows();
				return { all: windows.length, shown: windows.filter((each) => each.isVisible()).length };
			});
			expect([all, shown]).toEqual([2, 1]);
		} finally {
			await app.close();
			await rm(home, { recursive: true, force: true, maxRetries: 5 });
		}
	},
);
