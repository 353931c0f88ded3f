import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { acceleratorOf, menuTemplate } from '../../../main/hosts/electron/menu.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const standIn = join(import.meta.dirname, '..', 'electron-stand-in');
const isBuilt = existsSync(join(root, 'out', 'main', 'electron.js'));

async function tell(entry: string, preload: string): Promise<string> {
	const home = await mkdtemp(join(tmpdir(), 'masklet-electron-'));
	try {
		const words = [
			'--import',
			join(standIn, 'register.ts'),
			join(standIn, 'story.ts'),
			join(root, entry),
			join(root, preload),
		];
		const { stdout } = await promisify(execFile)(process.execPath, words, {
			env: { ...process.env, MASKLET_HOME: home },
			timeout: 100_000,
		});
		return stdout;
	} finally {
		await rm(home, { recursive: true, force: true, maxRetries: 5 });
	}
}

// The window's page is a built one.
test.skipIf(!isBuilt)('the sourced entry boots, serves a window, and quits', async () => {
	expect(await tell('main/hosts/electron/index.ts', 'preload/index.ts')).toBe('the story was told\n');
});

test.skipIf(!isBuilt)('the built entry does the same', async () => {
	expect(await tell('out/main/electron.js', 'out/preload/index.cjs')).toBe('the story was told\n');
});

test('on macOS the menu leaves keys to text fields and to the stage', () => {
	const template = menuTemplate({
		platform: 'darwin',
		productName: 'Masklet',
		isDevelopment: false,
		onCommand: () => {},
	});
	expect(template.map(({ label, role }) => role ?? label)).toEqual([
		'appMenu',
		'File',
		'Edit',
		'View',
		'Go',
		'Tools',
		'Object',
		'Mask',
		'Help',
		'windowMenu',
	]);
	const items = template.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
	const accelerators = items.map(({ accelerator }) => accelerator).filter((key) => key !== undefined);
	expect(accelerators.filter((key) => !key.startsWith('CommandOrControl+'))).toEqual([]);
	expect(accelerators).not.toContain('CommandOrControl+C');
	expect(items.map(({ role }) => role)).toContain('paste');
	expect(['Mod+Shift+KeyZ', 'Shift+ArrowLeft', 'Digit0', 'F2', 'NumpadAdd'].map(acceleratorOf)).toEqual([
		'CommandOrControl+Shift+Z',
		'Shift+Left',
		'0',
		'F2',
		null,
	]);
});
