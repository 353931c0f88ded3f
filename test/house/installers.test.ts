import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);
type Validation = {
	getConfig: (folder: string, path: string | null, options: null) => Promise<Record<string, unknown>>;
	validateConfiguration: (config: unknown, log: { isEnabled: boolean; add: () => void }) => Promise<void>;
};
const { getConfig, validateConfiguration }: Validation = require('app-builder-lib/out/util/config/config.js');

test('the configuration of the installers is valid, and keeps native code out of the archive', async () => {
	const config = await getConfig(root, join(root, 'electron-builder.yml'), null);
	await validateConfiguration(config, { isEnabled: false, add: () => {} });
	await expect(
		validateConfiguration({ ...config, asarUnpak: [] }, { isEnabled: false, add: () => {} }),
	).rejects.toThrow(/asarUnpak/);
	expect(config).toMatchObject({
		asar: true,
		npmRebuild: false,
		linux: { target: [{ target: 'AppImage' }, { target: 'deb' }].map(({ target }) => target) },
		win: { target: ['nsis'] },
		mac: { target: ['dmg'] },
	});
	const { dependencies, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
		dependencies: Record<string, string>;
		main: string;
	};
	expect(main).toBe('out/main/electron.js');
	const unpacked = (config.asarUnpack as string[]).join(' ');
	// sharp's own native code is in packages under @img.
	for (const name of ['better-sqlite3', 'onnxruntime-node', '@img']) {
		expect(unpacked).toContain(`node_modules/${name}/`);
	}
	const notice = readFileSync(join(root, 'resources', 'NOTICE.txt'), 'utf8');
	const shipped = Object.keys(dependencies).filter((name) => name !== 'node');
	expect(shipped.filter((name) => !notice.includes(`  ${name} `))).toEqual([]);
	expect(notice).toContain('SAM 2');
	expect(existsSync(join(root, 'LICENSE.txt'))).toBe(true);
});
