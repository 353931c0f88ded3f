#!/usr/bin/env node
// The one way in: npm start, npm test and the masklet command pass through here. It needs nothing but Node 20: it
// installs what is missing, goes on under the project's own Node, builds when sources changed, and runs what was asked.
//   bootstrap.mjs :start | :test | :build | :install [words]   or   bootstrap.mjs [words of the masklet command]
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const at = (...parts) => join(root, ...parts);
const isWindows = process.platform === 'win32';
const electronTryMillis = 20_000;

/** What a person can do something about: told as a sentence, without a stack. */
class Refusal extends Error {}

async function main(words) {
	const major = Number(process.versions.node.split('.')[0]);
	if (major < 20) {
		throw new Refusal(
			`Masklet needs Node 20 or newer to start; this is ${process.version}. Install it from nodejs.org`,
		);
	}
	const [first, ...rest] = words;
	const task = first?.startsWith(':') ? first.slice(1) : 'masklet';
	if (!Object.hasOwn(tasks, task)) {
		throw new Refusal(
			`There is no task :${task}. Tasks are ${Object.keys(tasks)
				.map((name) => `:${name}`)
				.join(', ')}`,
		);
	}
	install();
	const node = projectNode();
	if (process.version !== `v${pinnedNode()}` && realpathSync(process.execPath) !== realpathSync(node)) {
		return runUnder(node, words);
	}
	if (task === 'masklet' && process.env.npm_lifecycle_event === 'masklet' && process.env.INIT_CWD) {
		// npm runs scripts in the project's folder; paths are meant from where the person stands.
		process.chdir(process.env.INIT_CWD);
	}
	return tasks[task](task === 'masklet' ? words : rest);
}

const tasks = {
	install: () => 0,
	build: () => {
		build();
		return 0;
	},
	async start(words) {
		build();
		return start(words);
	},
	async test(words) {
		build();
		return test(words);
	},
	async masklet(words) {
		build();
		return runEntry('cli', words);
	},
};

// --- what is missing

function install() {
	const lock = readFileSync(at('package-lock.json'), 'utf8');
	const stamp = at('node_modules', '.masklet-lock');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) {
		return;
	}
	step('Installing packages (npm ci); the first time takes about a minute');
	npm(['ci', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error']);
	writeFileSync(stamp, lock);
}

/** Path of the Node that the native modules want. npm's install scripts put it there, unless they were blocked. */
function projectNode() {
	const path = at('node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node');
	if (!existsSync(path)) {
		step(`Fetching Node ${pinnedNode()} (npm rebuild node)`);
		npm(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']);
	}
	if (!existsSync(path)) {
		throw new Refusal(
			`The project's own Node ${pinnedNode()} could not be installed. Allow npm's install scripts ` +
				'(npm config set ignore-scripts false), remove node_modules, and try again',
		);
	}
	return path;
}

function pinnedNode() {
	return JSON.parse(readFileSync(at('package.json'), 'utf8')).dependencies.node;
}

function npm(words) {
	// Under an npm script npm tells where it is; else it is on the path.
	const own = process.env.npm_execpath;
	const isScript = own !== undefined && /npm-cli\.(c|m)?js$/.test(own);
	const [program, first] = isScript ? [process.execPath, [own]] : ['npm', []];
	const done = spawnSync(program, [...first, ...words], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'pipe'],
		encoding: 'utf8',
		shell: isWindows && !isScript,
		maxBuffer: 1 << 28,
	});
	if (done.error?.code === 'ENOENT') {
		throw new Refusal('npm was not found. It comes with Node; install Node again, or add npm to the PATH');
	}
	if (done.status !== 0) {
		const said = `${done.stderr ?? ''}${done.stdout ?? ''}`.trim();
		process.stderr.write(`${said.split('\n').slice(-15).join('\n')}\n`);
		throw new Refusal(`npm ${words[0]} failed. ${wayOut(said)}, and try again`);
	}
}

function wayOut(said) {
	if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|network/i.test(said)) {
		return 'The package registry cannot be reached: check the network or the proxy (npm config get proxy)';
	}
	if (/ENOSPC/.test(said)) {
		return 'The disk is full: free about 1 GB';
	}
	if (/EACCES|EPERM/.test(said)) {
		return `npm may not write here: check the permissions of ${root}`;
	}
	if (/lock file|package-lock/i.test(said)) {
		return 'package.json and package-lock.json do not belong together: run npm install';
	}
	return 'See what it said above';
}

async function runUnder(node, words) {
	const path = `${dirname(node)}${isWindows ? ';' : ':'}${process.env.PATH ?? ''}`;
	return run(node, [fileURLToPath(import.meta.url), ...words], { PATH: path });
}

// --- the build

function build() {
	const files = sources();
	const stampPath = at('.cache', 'build.json');
	const known = readJson(stampPath);
	const isBuilt = existsSync(at('out', 'main')) && existsSync(at('out', 'renderer'));
	const quick = digest(files, (path, stats) => `${stats.size} ${stats.mtimeMs}`);
	if (isBuilt && known?.quick === quick) {
		return;
	}
	const content = digest(files, (path) => readFileSync(path));
	if (!isBuilt || known?.content !== content) {
		step('Building');
		const builder = at('node_modules', 'electron-vite', 'bin', 'electron-vite.js');
		const done = spawnSync(process.execPath, [builder, 'build', '--logLevel', 'warn'], { cwd: root, encoding: 'utf8' });
		if (done.status !== 0) {
			process.stderr.write(`${done.stdout}${done.stderr}\n`);
			throw new Refusal('The build failed; what it said stands above. After a pull, remove node_modules and try again');
		}
	}
	writeJson(stampPath, { quick, content });
}

/** Files that the build reads, in order. */
function sources() {
	const found = ['package.json', 'electron.vite.config.ts'].map((name) => at(name));
	for (const folder of ['main', 'models', 'preload', 'renderer']) {
		for (const entry of readdirSync(at(folder), { recursive: true, withFileTypes: true })) {
			if (entry.isFile() && !/\.(md|py)$/.test(entry.name)) {
				found.push(join(entry.parentPath ?? entry.path, entry.name));
			}
		}
	}
	return found.sort();
}

function digest(paths, describe) {
	const hash = createHash('sha256');
	for (const path of paths) {
		hash.update(`\n${relative(root, path)} `);
		hash.update(describe(path, statSync(path)));
	}
	return hash.digest('hex');
}

// --- the studio

async function start(words) {
	const electron = findElectron(words);
	if (electron.path !== undefined) {
		const reason = await runElectron(electron.path);
		if (reason === null) {
			return 0;
		}
		return runEntry('loopback', ['--reason', reason, ...words]);
	}
	return runEntry('loopback', ['--reason', electron.reason, ...words]);
}

/** The Electron binary, fetched if it can be; or why the studio opens in the browser instead. */
function findElectron(words) {
	if (words.includes('--browser')) {
		return { reason: 'it was asked for (--browser)' };
	}
	const { DISPLAY, WAYLAND_DISPLAY, MASKLET_ELECTRON } = process.env;
	if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) {
		return { reason: 'this machine has no screen for a window' };
	}
	if (MASKLET_ELECTRON) {
		return { path: MASKLET_ELECTRON };
	}
	const folder = at('node_modules', 'electron');
	const found = electronIn(folder);
	if (found) {
		return { path: found };
	}
	const memory = at('.cache', 'electron.json');
	const { version } = readJson(join(folder, 'package.json')) ?? { version: 'none' };
	if (readJson(memory)?.failedVersion !== version) {
		step('Fetching the Electron window (at most 20 s)');
		const done = spawnSync(process.execPath, [join(folder, 'install.js')], {
			stdio: 'ignore',
			timeout: electronTryMillis,
			killSignal: 'SIGKILL',
		});
		const fetched = done.status === 0 ? electronIn(folder) : null;
		if (fetched) {
			return { path: fetched };
		}
		writeJson(memory, { failedVersion: version });
	}
	return { reason: `the Electron window could not be fetched (remove ${relative(root, memory)} to try again)` };
}

function electronIn(folder) {
	const pathFile = join(folder, 'path.txt');
	const path = existsSync(pathFile) ? join(folder, 'dist', readFileSync(pathFile, 'utf8').trim()) : null;
	return path && existsSync(path) ? path : null;
}

/** Null when the window was closed; else why there was none. */
async function runElectron(path) {
	const startedAt = Date.now();
	delete process.env.ELECTRON_RUN_AS_NODE;
	let code = await run(path, [root]);
	const isSoon = () => Date.now() - startedAt < 15_000;
	if (code !== 0 && isSoon() && process.platform === 'linux') {
		step('The window did not open. Trying once without the sandbox of its browser part, which not every system allows');
		code = await run(path, ['--no-sandbox', root]);
	}
	return code !== 0 && isSoon() ? `the Electron window could not open (it ended with ${code})` : null;
}

async function runEntry(name, words) {
	const path = at('out', 'main', `${name}.js`);
	process.argv = [process.execPath, path, ...words];
	await import(pathToFileURL(path).href);
	return process.exitCode ?? 0;
}

// --- the tests

async function test(words) {
	const countsPath = at('.cache', 'test-counts.json');
	writeJson(countsPath, null);
	process.chdir(root);
	const vitest = at('node_modules', 'vitest', 'vitest.mjs');
	const reporters = ['--reporter=default', `--reporter=${at('test', 'counts-reporter.ts')}`];
	const code = await run(process.execPath, [vitest, 'run', ...reporters, ...words]);
	const counts = readJson(countsPath) ?? { passed: 0, failed: 1, skipped: 0 };
	// A run that ended badly with no failed test (an unhandled error, a crash) is a failure all the same.
	const failed = code !== 0 ? Math.max(1, counts.failed) : counts.failed;
	const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
	await new Promise((resolve) =>
		process.stdout.write(`\n${counts.passed} passed, ${failed} failed${skipped}\n`, resolve),
	);
	return failed > 0 ? 1 : 0;
}

// --- helpers

/** Runs a program in the foreground; its exit code. Ctrl-C reaches it by itself, other ends are passed on. */
function run(program, words, environment = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, words, { stdio: 'inherit', env: { ...process.env, ...environment } });
		const ignore = () => {};
		const pass = (signal) => child.kill(signal);
		process.on('SIGINT', ignore).on('SIGTERM', pass).on('SIGHUP', pass);
		const settle = () => process.off('SIGINT', ignore).off('SIGTERM', pass).off('SIGHUP', pass);
		child.once('error', (error) => {
			settle();
			reject(
				new Refusal(
					`${program} could not be started (${error.code ?? error.message}). Remove node_modules and try again`,
				),
			);
		});
		child.once('exit', (code, signal) => {
			settle();
			resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
		});
	});
}

function readJson(path) {
	try {
		return JSON.parse(readFileSync(path, 'utf8'));
	} catch {
		return null;
	}
}

function writeJson(path, value) {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, `${JSON.stringify(value)}\n`);
}

/** Steps go to standard error: a command's own output stays clean. */
function step(sentence) {
	process.stderr.write(`masklet: ${sentence}\n`);
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	if (!(error instanceof Refusal)) {
		throw error;
	}
	step(error.message);
	process.exitCode = 1;
}
