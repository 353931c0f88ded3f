import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** The real script in a project of a few files, whose npm, builder, tests and Electron are small scripts. */
let root = '';

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'masklet-bootstrap-'));
	copyFileSync(join(import.meta.dirname, '..', 'bootstrap.mjs'), join(root, 'bootstrap.mjs'));
	// A pinned version that no Node has: the script must go on under the project's own.
	put('package.json', JSON.stringify({ type: 'module', dependencies: { node: '0.0.1' } }));
	put('package-lock.json', '{"lock":1}');
	put('electron.vite.config.ts', '');
	for (const folder of ['main', 'models', 'preload', 'renderer']) {
		put(`${folder}/index.ts`, `export const name = '${folder}';`);
	}
	put('npm-cli.cjs', fakeNpm, '.cache');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string, folder = ''): string {
	const full = join(root, folder, path);
	mkdirSync(dirname(full), { recursive: true });
	writeFileSync(full, text);
	return full;
}

/** npm: notes what it was asked for; `ci` unpacks the packages, `rebuild` runs the install script of `node`. */
const fakeNpm = `
const { appendFileSync, linkSync, copyFileSync, mkdirSync, writeFileSync, existsSync } = require('node:fs');
const { join, dirname } = require('node:path');
const root = process.cwd();
const put = (path, text) => { mkdirSync(dirname(join(root, path)), { recursive: true }); writeFileSync(join(root, path), text); };
const word = process.argv[2];
appendFileSync(join(root, '.cache', 'npm.log'), word + '\\n');
if (process.env.FAKE_NPM_FAILS) { console.error(process.env.FAKE_NPM_FAILS); process.exit(1); }
const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const installNode = () => {
	if (existsSync(node)) return;
	mkdirSync(dirname(node), { recursive: true });
	try { linkSync(process.execPath, node); } catch { copyFileSync(process.execPath, node); }
};
if (word === 'ci') {
	put('node_modules/.bin/x', '');
	if (!process.env.FAKE_SCRIPTS_BLOCKED) installNode();
	put('node_modules/electron-vite/bin/electron-vite.js', \`
		import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
		if (existsSync('main/broken.ts')) { console.error('main/broken.ts: unexpected token'); process.exit(1); }
		appendFileSync('.cache/build.log', 'built\\\\n');
		for (const folder of ['out/main', 'out/renderer']) mkdirSync(folder, { recursive: true });
		writeFileSync('out/main/cli.js', "console.log(JSON.stringify({ words: process.argv.slice(2), node: process.execPath, folder: process.cwd() })); process.exitCode = process.argv.includes('fail') ? 3 : 0;");
		writeFileSync('out/main/loopback.js', "console.log('loopback: ' + process.argv.slice(2).join(' '));");
	\`);
	put('node_modules/electron-vite/package.json', '{"type":"module"}');
	put('node_modules/vitest/vitest.mjs', "import { writeFileSync } from 'node:fs'; console.log('tests ran'); if (process.argv.includes('crash')) process.exit(7); const failed = process.argv.includes('red') ? 2 : 0; writeFileSync('.cache/test-counts.json', JSON.stringify({ passed: 5, failed, skipped: failed ? 0 : 1 })); process.exitCode = failed ? 1 : 0;");
	put('node_modules/electron/package.json', '{"version":"9.9.9"}');
	put('node_modules/electron/install.js', "require('node:fs').appendFileSync('.cache/electron.log', 'tried\\\\n'); process.exit(1);");
}
if (word === 'rebuild' && process.env.FAKE_SCRIPTS_BLOCKED !== 'always') installNode();
`;

type Done = { code: number | null; out: string; steps: string[] };

function bootstrap(words: string[], environment: Record<string, string> = {}, nodeWords: string[] = []): Done {
	const bare = { PATH: process.env.PATH ?? '', HOME: root, npm_execpath: join(root, '.cache', 'npm-cli.cjs') };
	const done = spawnSync(process.execPath, [...nodeWords, join(root, 'bootstrap.mjs'), ...words], {
		cwd: root,
		env: { ...bare, ...environment },
		encoding: 'utf8',
	});
	return { code: done.status, out: done.stdout, steps: done.stderr.split('\n').filter(Boolean) };
}

const log = (name: string): string[] => {
	const path = join(root, '.cache', `${name}.log`);
	return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};
const installing = 'masklet: Installing packages (npm ci); the first time takes about a minute';
const building = 'masklet: Building';

test('installs and builds what is missing or changed, and hands the command a clean output', () => {
	const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
	const first = bootstrap(['info', '--json', 'a b']);
	expect(first.steps).toEqual([installing, building]);
	expect(JSON.parse(first.out)).toEqual({ words: ['info', '--json', 'a b'], node, folder: root });
	expect(first.code).toBe(0);

	const second = bootstrap(['fail']);
	expect([second.steps, second.code]).toEqual([[], 3]);
	const elsewhere = { npm_lifecycle_event: 'masklet', INIT_CWD: join(root, 'main') };
	expect(JSON.parse(bootstrap([], elsewhere).out)).toMatchObject({ words: [], folder: join(root, 'main') });

	// Touched, but the same.
	utimesSync(join(root, 'main', 'index.ts'), new Date(0), new Date(0));
	expect(bootstrap([]).steps).toEqual([]);
	put('main/index.ts', 'export const changed = true;');
	expect(bootstrap([]).steps).toEqual([building]);
	rmSync(join(root, 'out'), { recursive: true });
	expect(bootstrap([':build']).steps).toEqual([building]);
	put('package-lock.json', '{"lock":2}');
	expect(bootstrap([]).steps).toEqual([installing]);
	expect([log('npm'), log('build')]).toEqual([
		['ci', 'ci'],
		['built', 'built', 'built'],
	]);

	put('main/broken.ts', '{');
	const broken = bootstrap([]);
	expect(broken.code).toBe(1);
	expect(broken.steps).toEqual([
		building,
		'main/broken.ts: unexpected token',
		'masklet: The build failed; what it said stands above. After a pull, remove node_modules and try again',
	]);
	// A failed build is not remembered as done.
	expect(bootstrap([]).code).toBe(1);
});

test('what stops it is said in a sentence with the way out', () => {
	const offline = bootstrap([':install'], { FAKE_NPM_FAILS: 'npm error code ENOTFOUND' });
	expect(offline.code).toBe(1);
	expect(offline.steps).toEqual([
		installing,
		'npm error code ENOTFOUND',
		'masklet: npm ci failed. The package registry cannot be reached: check the network or the proxy (npm config get proxy), and try again',
	]);
	expect(bootstrap([':install'], { FAKE_NPM_FAILS: 'npm error code ENOSPC' }).steps.at(-1)).toBe(
		'masklet: npm ci failed. The disk is full: free about 1 GB, and try again',
	);
	expect(bootstrap([':install'], { FAKE_SCRIPTS_BLOCKED: 'always' }).steps).toEqual([
		installing,
		'masklet: Fetching Node 0.0.1 (npm rebuild node)',
		expect.stringMatching(/^masklet: The project's own Node 0.0.1 could not be installed. Allow npm's install scripts/),
	]);
	expect(bootstrap([':install'], { FAKE_SCRIPTS_BLOCKED: 'yes' }).steps).toEqual([
		'masklet: Fetching Node 0.0.1 (npm rebuild node)',
	]);
	const withoutNpm = bootstrap([':install'], { PATH: '', npm_execpath: '' });
	expect(withoutNpm.code).toBe(0);
	put('package-lock.json', '{"lock":3}');
	expect(bootstrap([':install'], { PATH: '', npm_execpath: '' }).steps.at(-1)).toMatch(/npm was not found/);
	expect(bootstrap([':dance']).steps).toEqual([
		'masklet: There is no task :dance. Tasks are :install, :build, :start, :test, :masklet',
	]);
	const old = "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'18.1.0'}})";
	expect(bootstrap([':install'], {}, ['--import', old]).steps).toEqual([
		expect.stringMatching(/^masklet: Masklet needs Node 20 or newer to start/),
	]);
});

test.skipIf(process.platform !== 'linux')('starts the window where it can, else the browser, and says why', () => {
	expect(bootstrap([':start', '--no-open']).out).toBe(
		'loopback: --reason this machine has no screen for a window --no-open\n',
	);
	expect(bootstrap([':start', '--browser'], { DISPLAY: ':0' }).out).toBe(
		'loopback: --reason it was asked for (--browser) --browser\n',
	);
	expect(log('electron')).toEqual([]);
	const unfetched =
		'loopback: --reason the Electron window could not be fetched (remove .cache/electron.json to try again)\n';
	const tried = bootstrap([':start'], { DISPLAY: ':0' });
	expect([tried.out, tried.steps]).toEqual([unfetched, ['masklet: Fetching the Electron window (at most 20 s)']]);
	const remembered = bootstrap([':start'], { WAYLAND_DISPLAY: 'wayland-0' });
	expect([remembered.out, remembered.steps, log('electron')]).toEqual([unfetched, [], ['tried']]);

	const electron = put('electron', '#!/bin/sh\necho "window: $*"\n', 'node_modules/electron/dist');
	put('node_modules/electron/path.txt', 'electron');
	chmodSync(electron, 0o755);
	const opened = bootstrap([':start'], { DISPLAY: ':0' });
	expect([opened.out, opened.code]).toEqual([`window: ${root}\n`, 0]);

	writeFileSync(electron, '#!/bin/sh\ncase "$*" in *--no-sandbox*) echo "window: $*";; *) exit 5;; esac\n');
	const unsandboxed = bootstrap([':start'], { DISPLAY: ':0' });
	expect(unsandboxed.out).toBe(`window: --no-sandbox ${root}\n`);
	expect(unsandboxed.steps).toEqual([expect.stringContaining('Trying once without the sandbox')]);

	writeFileSync(electron, '#!/bin/sh\nexit 6\n');
	expect(bootstrap([':start'], { DISPLAY: ':0' }).out).toBe(
		'loopback: --reason the Electron window could not open (it ended with 6)\n',
	);
});

test('the tests end with their counts alone on the last line', () => {
	const green = bootstrap([':test']);
	expect([green.out.trimEnd().split('\n').at(-1), green.code]).toEqual(['5 passed, 0 failed, 1 skipped', 0]);
	const red = bootstrap([':test', 'red']);
	expect([red.out.trimEnd().split('\n').at(-1), red.code]).toEqual(['5 passed, 2 failed', 1]);
	const crashed = bootstrap([':test', 'crash']);
	expect([crashed.out.trimEnd().split('\n').at(-1), crashed.code]).toEqual(['0 passed, 1 failed', 1]);
});
