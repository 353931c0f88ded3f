/**
 * The life of the Electron host, told in a process of its own: `node --import register.ts story.ts ENTRY PRELOAD`.
 * Fails by exit code. The entry and the preload script are the real ones, from source or built.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encode } from 'fast-png';
import { commandEntries } from '../../../preload/contract/commands.ts';
import type { CommandEntry } from '../../../preload/contract/commands.ts';
import type { DesktopBridge } from '../../../preload/contract/desktop-bridge.ts';
import { createClient } from '../../../preload/rpc/client.ts';
import type { ConnectedClient } from '../../../preload/rpc/client.ts';
import { openServiceChannel } from '../../../preload/rpc/service-channel.ts';
import * as electron from './electron.ts';
import { becomePage } from './page.ts';

const { standIn, app } = electron;
const [entry, preload] = process.argv.slice(2) as [string, string];
const home = process.env.MASKLET_HOME!;

becomePage(standIn);
await loadPreload();
await import(pathToFileURL(entry).href);
await until(() => standIn.windows[0]?.isVisible === true, 'the window is shown');
const window = standIn.windows[0]!;
const client = createClient(await openServiceChannel());

await tellWindow();
await tellProtocolAndProject(client);
await tellMenu();
await tellDialogs(client);
await tellSecondInstance();
await tellQuit(client);
process.stdout.write('the story was told\n');
process.exit(0);

/** A built preload script is CommonJS and asks for 'electron' by `require`. */
async function loadPreload(): Promise<void> {
	if (!preload.endsWith('.cjs')) {
		await import(pathToFileURL(preload).href);
		return;
	}
	const loader = Module as unknown as { _load: (name: string, ...rest: unknown[]) => unknown };
	const load = loader._load;
	loader._load = (name, ...rest) => (name === 'electron' ? electron : load(name, ...rest));
	createRequire(import.meta.url)(preload);
	loader._load = load;
}

async function tellWindow(): Promise<void> {
	const { preload: script, ...preferences } = window.options.webPreferences!;
	assert.match(String(script), /preload.index\.cjs$/);
	assert.deepEqual(preferences, {
		sandbox: true,
		contextIsolation: true,
		nodeIntegration: false,
		webSecurity: true,
		webviewTag: false,
		spellcheck: false,
	});
	const { webContents } = window;
	assert.equal(webContents.mainFrame.url, 'masklet://app/');
	assert.deepEqual(
		['masklet://app/other', 'https://example.org/', 'masklet://app.evil/', 'file:///etc/passwd'].map((url) =>
			webContents.navigates(url),
		),
		[true, false, false, false],
	);
	assert.deepEqual(webContents.openHandler?.({ url: 'https://example.org/' }), { action: 'deny' });
	const decisions: boolean[] = [];
	standIn.decidePermission?.(webContents, 'media', (isGranted) => decisions.push(isGranted));
	assert.deepEqual([decisions, standIn.checkPermission?.()], [[false], false]);
	assert.deepEqual(standIn.schemes, [
		{ scheme: 'masklet', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
	]);
}

/** A folder of pictures as a video: its frames come by URL, exact and scaled. */
async function tellProtocolAndProject(client: ConnectedClient): Promise<void> {
	const info = await client.host.info();
	assert.deepEqual([info.kind, info.hasDialogs, info.hasDropPaths], ['electron', true, true]);
	const page = await standIn.fetch('masklet://app/');
	assert.equal(page.status, 200);
	assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self'/);
	const refused = ['masklet://app/%2e%2e/preload/index.cjs', 'masklet://app/..%2fmain%2fcli.js', 'masklet://other/'];
	for (const url of refused) {
		assert.equal((await standIn.fetch(url)).status, 404, url);
	}
	assert.equal((await standIn.fetch('masklet://app/upload/a.mp4', { method: 'POST', body: 'a' })).status, 405);
	assert.equal((await standIn.fetch('masklet://app/frame/1/0.jpg')).status, 409);

	const pictures = join(home, 'pictures');
	mkdirSync(pictures, { recursive: true });
	for (let index = 0; index < 3; index++) {
		const data = new Uint8Array(64 * 48 * 3).fill(80 * index);
		writeFileSync(join(pictures, `${index}.png`), encode({ width: 64, height: 48, data, channels: 3 }));
	}
	const path = join(home, 'Story.masklet');
	const project = await client.project.create({ path, name: 'Story' });
	assert.equal(project.path, path);
	const done = Promise.withResolvers<unknown>();
	client.on('job.done', ({ result, error }) => (error ? done.reject(new Error(error.message)) : done.resolve(result)));
	await client.video.import({ paths: [pictures] });
	assert.deepEqual(await done.promise, { videoIds: [1], problems: [] });
	const measured = Promise.withResolvers<unknown>();
	client.on('job.done', ({ job, error }) => job.method === 'device.measure' && measured.resolve(error));
	await client.device.measure({});
	assert.equal(await measured.promise, null);
	// The models' process may collect, or tensors pile up outside of its heap.
	assert.deepEqual(electron.utilityProcess.flags, ['--expose-gc', '--max-semi-space-size=4']);
	const frame = await standIn.fetch('masklet://app/frame/1/2.jpg?maxSide=32');
	assert.deepEqual([frame.status, frame.headers.get('content-type')], [200, 'image/jpeg']);
	const bytes = new Uint8Array(await frame.arrayBuffer());
	assert.deepEqual([...bytes.subarray(0, 2)], [0xff, 0xd8]);
	assert.equal((await standIn.fetch('masklet://app/frame/1/3.jpg')).status, 404);
	assert.equal((await standIn.fetch('masklet://app/playback/1')).status, 404);
}

async function tellMenu(): Promise<void> {
	const shown = Object.entries(commandEntries as Record<string, CommandEntry>).filter(([, { isMinor }]) => !isMinor);
	const commands = standIn.commands();
	assert.deepEqual([...commands.keys()].sort(), shown.map(([id]) => id).sort());
	assert.equal(commands.get('history.redo')?.label, 'Redo');
	if (process.platform !== 'darwin') {
		assert.equal(commands.get('project.new')?.accelerator, 'CommandOrControl+N');
		assert.equal(commands.get('frame.back')?.accelerator, 'Shift+Left');
		const unnamed = shown.filter(([id, { keys }]) => keys.length > 0 && !commands.get(id)?.accelerator);
		assert.deepEqual(unnamed, []);
	}
	const bridge = standIn.bridges.maskletDesktop as DesktopBridge;
	const chosen: string[] = [];
	const stop = bridge.onCommand((commandId) => chosen.push(commandId));
	commands.get('run.both')?.click?.();
	stop();
	commands.get('run.both')?.click?.();
	assert.deepEqual(chosen, ['run.both']);
	assert.equal(bridge.pathOfFile({ path: '/clips/a.mp4' } as unknown as File), '/clips/a.mp4');
}

async function tellDialogs(client: ConnectedClient): Promise<void> {
	assert.deepEqual(await client.host.pick({ kind: 'importMedia' }), []);
	standIn.picked = [join(home, 'New')];
	assert.deepEqual(await client.host.pick({ kind: 'newProject', suggestedName: 'New' }), [join(home, 'New.masklet')]);
	standIn.picked = [home];
	assert.deepEqual(await client.host.pick({ kind: 'exportFolder' }), [home]);
	standIn.picked = [join(home, 'dogs.pt')];
	assert.deepEqual(await client.host.pick({ kind: 'addModel' }), [join(home, 'dogs.pt')]);
	assert.deepEqual(
		standIn.dialogs.map(({ kind }) => kind),
		['open', 'save', 'open', 'open'],
	);
	await client.host.reveal({ path: home });
	assert.deepEqual(standIn.revealed, [home]);
}

async function tellSecondInstance(): Promise<void> {
	window.minimize();
	app.emit('second-instance', {}, [], home);
	assert.deepEqual([window.isMinimized(), window.isInFront, standIn.windows.length], [false, true, 1]);
	// A page that died comes back.
	const reloaded = once(window.webContents, 'did-finish-load');
	window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
	await reloaded;
	const second = createClient(await openServiceChannel());
	assert.equal((await second.project.current())?.name, 'Story');
	second.close();
}

async function tellQuit(client: ConnectedClient): Promise<void> {
	window.close();
	assert.equal(await standIn.exited.promise, 0);
	await assert.rejects(client.video.list(), { name: 'StudioError' });
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
	const deadline = Date.now() + 30_000;
	while (!isTrue()) {
		assert.ok(Date.now() < deadline, `${what}: waited 30 s`);
		await new Promise((resolve) => setImmediate(resolve));
	}
}
