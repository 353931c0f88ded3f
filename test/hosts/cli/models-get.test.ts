import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelInfo, OfficialCheckpoint } from '../../../preload/contract/model.ts';
import { miniatureWeights, writeCatalogue } from '../../services/model/test-catalogue.ts';
import { startWeightsServer, type WeightsServer } from '../../services/model/weights-server.ts';
import { commandLine } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'masklet-cli-get-'));
const catalogue = join(folder, 'models.json');
const { masklet, start } = commandLine(folder, { MASKLET_MODELS: catalogue });
const bytes = miniatureWeights();
const weightsFolder = join(folder, 'home/data/weights');
let server: WeightsServer;

beforeAll(async () => {
	server = await startWeightsServer(bytes, 'tiny.pt');
	const tiny = { modelId: 'sam2.1-tiny', name: 'SAM 2.1 tiny', url: server.url, sizeBytes: bytes.length };
	writeCatalogue(catalogue, [tiny]);
});
afterAll(async () => {
	await server.close();
	rmSync(folder, { recursive: true, force: true });
});

const available = async (): Promise<OfficialCheckpoint[]> =>
	JSON.parse((await masklet('models', 'list', '--available', '--json')).out) as OfficialCheckpoint[];
const kept = () => readdirSync(weightsFolder).filter((name) => !name.startsWith('.'));

test('a checkpoint is fetched, with Ctrl-C in the middle, and used by its id', async () => {
	expect(await available()).toMatchObject([{ catalogueId: 'sam2.1-tiny', modelId: null, partial: null }]);
	const listed = await masklet('models', 'list', '--available');
	expect(listed.out).toMatch(/^sam2\.1-tiny .* 7 MiB, Apache-2\.0, J&F 76\.5 SA-V test.*; not here$/m);

	server.behaviours = [{ waitsAfter: bytes.length >> 1 }];
	const { child, ended } = start(['models', 'get', 'sam2.1-tiny']);
	const sizeOf = () => statSync(join(weightsFolder, 'tiny.pt.part'), { throwIfNoEntry: false })?.size ?? 0;
	await expect.poll(sizeOf, { timeout: 60_000 }).toBeGreaterThan(0);
	child.kill('SIGINT');
	const stopped = await ended;
	expect(stopped).toMatchObject({ code: 130, out: '' });
	expect(stopped.error).toContain('To go on: masklet models get sam2.1-tiny');
	const { receivedBytes } = (await available())[0]!.partial!;
	expect(kept()).toEqual(['tiny.pt.part', 'tiny.pt.part.json']);

	server.taken();
	const got = await masklet('models', 'get', 'sam2.1-tiny', '--json');
	expect(got.code).toBe(0);
	expect(JSON.parse(got.out)).toMatchObject({ modelId: 'sam2.1-tiny', licence: 'Apache-2.0' });
	expect(server.taken()).toMatchObject([{ range: `bytes=${receivedBytes}-`, ifRange: '"first"' }]);
	expect(readFileSync(join(weightsFolder, 'tiny.pt'))).toEqual(Buffer.from(bytes));
	expect((await masklet('models', 'get', 'sam2.1-tiny')).error).toContain('There is a model "sam2.1-tiny" already');

	const renamed = await masklet('models', 'rename', 'sam2.1-tiny', 'Quick', '--json');
	expect(JSON.parse(renamed.out)).toMatchObject({ modelId: 'sam2.1-tiny', name: 'Quick' });
	const models = JSON.parse((await masklet('models', 'list', '--json')).out) as ModelInfo[];
	expect(models.map(({ modelId, name }) => [modelId, name])).toEqual([
		['builtin-basic', 'Built-in (basic)'],
		['sam2.1-tiny', 'Quick'],
	]);
	const space = await masklet('models', 'space');
	expect(space.out).toMatch(
		/^sam2\.1-tiny +\d+ MiB, its weights file 7 MiB\n\d+ MiB in all, \d+ MiB free on the disk: /,
	);
	const freed = JSON.parse((await masklet('models', 'free', 'sam2.1-tiny', '--json')).out) as object;
	expect(freed).toEqual({ freedBytes: bytes.length });
	expect(await masklet('models', 'free', 'sam2.1-tiny')).toMatchObject({ code: 1 });
	expect(await masklet('models', 'remove', 'sam2.1-tiny')).toMatchObject({ code: 0 });
	expect([kept(), await available()]).toMatchObject([[], [{ modelId: null }]]);
}, 300_000);

test('what goes wrong is a sentence with a way out', async () => {
	writeFileSync(join(weightsFolder, 'tiny.pt.part'), 'half');
	expect((await masklet('models', 'clean', '--json')).out).toBe('{"freedBytes":4}\n');
	const unknown = await masklet('models', 'get', 'sam3');
	expect(unknown).toMatchObject({ code: 1, error: expect.stringContaining('There are: sam2.1-tiny') });
	server.behaviours = [{ status: 404 }];
	expect(await masklet('models', 'get', 'sam2.1-tiny')).toMatchObject({
		code: 1,
		error: expect.stringContaining('it answers 404'),
	});
	// The real list, and a proxy that is not there: nothing leaves this machine.
	const offline = commandLine(folder, {
		MASKLET_MODELS: '',
		HTTPS_PROXY: 'http://127.0.0.1:1',
		https_proxy: '',
		NO_PROXY: '',
		no_proxy: '',
	});
	const unreachable = await offline.masklet('models', 'get', 'sam2.1-tiny', '--json');
	expect(unreachable.code).toBe(1);
	const { error } = JSON.parse(unreachable.out) as { error: { code: string; message: string } };
	expect(error.code).toBe('model.unreachable');
	expect(error.message).toContain('https://dl.fbaipublicfiles.com/segment_anything_2/092824/sam2.1_hiera_tiny.pt');
	expect(error.message).toContain(join(weightsFolder, 'sam2.1_hiera_tiny.pt'));
	expect(kept()).toEqual([]);
}, 300_000);
