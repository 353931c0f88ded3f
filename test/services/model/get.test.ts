import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Events } from '../../../preload/contract/events.ts';
import type { ModelInfo, ModelLibraryInfo } from '../../../preload/contract/model.ts';
import { openServices, type OpenServices } from '../open-services.ts';
import { miniatureWeights, writeCatalogue } from './test-catalogue.ts';
import { sha256Of, startWeightsServer, type WeightsServer } from './weights-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'masklet-get-'));
const catalogue = join(folder, 'models.json');
const bytes = miniatureWeights();
const modelsFolder = join(folder, 'data/models');
const weightsFolder = join(folder, 'data/weights');
const weightsPath = join(weightsFolder, 'tiny.pt');
let server: WeightsServer;
let services: OpenServices;

beforeAll(async () => {
	server = await startWeightsServer(bytes, 'tiny.pt');
	const sizeBytes = bytes.length;
	writeCatalogue(catalogue, [
		{ modelId: 'sam2.1-tiny', name: 'SAM 2.1 tiny', url: server.url, sizeBytes },
		{ modelId: 'sam2.1-small', name: 'SAM 2.1 small', url: `${server.origin}/small.pt`, sizeBytes },
	]);
	vi.stubEnv('MASKLET_MODELS', catalogue);
});
beforeEach(async () => {
	services = await openServices({ folder });
	server.taken();
});
afterEach(async () => services.close());
afterAll(async () => {
	vi.unstubAllEnvs();
	await server.close();
	rmSync(folder, { recursive: true, force: true });
});

const catalogueId = 'sam2.1-tiny';
const get = () => services.run<ModelInfo>(() => services.client.model.get({ catalogueId }));
const library = () => services.client.model.library();
const officialOf = (shown: ModelLibraryInfo) => shown.official.find((entry) => entry.catalogueId === catalogueId)!;
/** Starts a download of which a part has come and the rest does not. */
async function getHalf(): Promise<number> {
	server.behaviours = [{ waitsAfter: bytes.length >> 1 }];
	const { jobId } = await services.client.model.get({ catalogueId });
	const doneCount = async () => (await services.client.job.list()).find((job) => job.jobId === jobId)!.doneCount;
	await expect.poll(doneCount, { timeout: 60_000 }).toBeGreaterThan(0);
	return jobId;
}

async function cancel(jobId: number): Promise<Events['job.done']> {
	const ended = services.next('job.done', (done) => done.job.jobId === jobId);
	await services.client.job.cancel({ jobId });
	return ended;
}

/** Whatever is on disk, hidden locks left out. */
const kept = (path: string) => (existsSync(path) ? readdirSync(path).filter((name) => !/^\..*\.lock/.test(name)) : []);

test('a download is cancelled, gone on with, made a model, and its checksum is recorded', async () => {
	const { client } = services;
	const before = await library();
	expect(before.models.map(({ modelId, origin }) => [modelId, origin])).toEqual([['builtin-basic', 'builtin']]);
	expect(officialOf(before)).toMatchObject({ modelId: null, partial: null, isFileThere: false, jobId: null });
	expect(before.space).toMatchObject({ modelsBytes: 0, weightsBytes: 0, partialBytes: 0 });
	expect(before.space.freeBytes).toBeGreaterThan(0);

	const jobId = await getHalf();
	expect(officialOf(await library()).jobId).toBe(jobId);
	await expect(client.model.get({ catalogueId })).rejects.toMatchObject({ code: 'model.getRunning' });
	await expect(client.model.dropDownload({})).rejects.toMatchObject({ code: 'model.getRunning' });
	// Another Masklet of this user must not write into the same file.
	const other = await openServices({ folder });
	const tried = other.run(() => other.client.model.get({ catalogueId }));
	await expect(tried).rejects.toMatchObject({ code: 'model.getRunning' });
	await other.close();
	expect(await cancel(jobId)).toMatchObject({ job: { state: 'cancelled' }, result: null, error: null });
	const cancelled = await library();
	expect(officialOf(cancelled)).toMatchObject({ jobId: null, partial: { totalBytes: bytes.length } });
	const { receivedBytes } = officialOf(cancelled).partial!;
	expect(cancelled.space.partialBytes).toBeGreaterThanOrEqual(receivedBytes);
	expect(kept(modelsFolder)).toEqual([]);

	server.taken();
	const { result } = await get();
	expect(server.taken()).toEqual([{ path: '/tiny.pt', range: `bytes=${receivedBytes}-`, ifRange: '"first"' }]);
	expect(result).toMatchObject({ modelId: catalogueId, licence: 'Apache-2.0', device: 'CPU' });
	const manifest = JSON.parse(readFileSync(join(modelsFolder, catalogueId, 'model.json'), 'utf8')) as object;
	expect(manifest).toMatchObject({ source: { path: weightsPath, sizeBytes: bytes.length, sha256: server.sha256 } });
	expect(kept(weightsFolder)).toEqual(['tiny.pt']);
	const after = await library();
	expect(officialOf(after)).toMatchObject({ modelId: catalogueId, partial: null, isFileThere: true, jobId: null });
	expect(after.models[1]).toMatchObject({
		modelId: catalogueId,
		origin: 'official',
		catalogueId,
		network: 'SAM 2.1 miniature at 128',
		weights: { path: weightsPath, isThere: true, keptBytes: bytes.length, sha256: server.sha256 },
	});
	expect(after.space).toMatchObject({ modelsBytes: result.sizeBytes, weightsBytes: bytes.length, partialBytes: 0 });
	await expect(get()).rejects.toMatchObject({ code: 'model.idTaken' });
});

test('it is renamed while a project uses it, made again by a newer compiler, freed, shown and removed', async () => {
	const { client } = services;
	const path = join(folder, 'Walk.masklet');
	await client.project.create({ path, name: 'Walk' });
	await client.model.choose({ modelId: catalogueId });
	const changed = services.next('models.changed', () => true);
	await client.model.rename({ modelId: catalogueId, name: ' Fast one ' });
	await changed;
	const nameOf = async () => (await client.model.list()).find(({ modelId }) => modelId === catalogueId)!.name;
	expect(await nameOf()).toBe('Fast one');
	expect(await client.project.current()).toMatchObject({ modelId: catalogueId });
	const taken = client.model.rename({ modelId: catalogueId, name: 'Built-in (basic)' });
	await expect(taken).rejects.toMatchObject({ code: 'model.nameTaken', data: { modelId: 'builtin-basic' } });
	const builtin = { modelId: 'builtin-basic' };
	await expect(client.model.rename({ ...builtin, name: 'Mine' })).rejects.toMatchObject({ code: 'model.builtin' });
	await expect(client.model.reveal(builtin)).rejects.toMatchObject({ code: 'model.builtin' });
	expect(await client.model.reveal({ modelId: catalogueId })).toEqual({
		path: join(modelsFolder, catalogueId),
		isShown: false,
	});
	await services.close();

	// An older compiler made it: it is made again from the kept weights, and is called as before.
	const manifestPath = join(modelsFolder, catalogueId, 'model.json');
	const manifest = readFileSync(manifestPath, 'utf8');
	writeFileSync(manifestPath, manifest.replace(/"compilerVersion": \d+/, '"compilerVersion": 0'));
	services = await openServices({ folder });
	await services.next('job.done', ({ job }) => job.method === 'model.renew' && job.state === 'done');
	expect(readFileSync(manifestPath, 'utf8')).toBe(manifest);
	expect(await services.client.project.open({ path })).toMatchObject({ modelId: catalogueId });
	expect((await services.client.model.list())[1]!.name).toBe('Fast one');
	await services.client.model.rename({ modelId: catalogueId, name: null });
	expect((await services.client.model.list())[1]!.name).toBe(`${catalogueId} (SAM 2.1 miniature at 128)`);

	// The same weights at another id keep the file.
	await services.run(() => services.client.model.add({ path: weightsPath, modelId: 'copy' }));
	await expect(services.client.model.freeWeights({ modelId: 'copy' })).rejects.toMatchObject({
		code: 'model.noWeights',
	});
	await services.client.model.remove({ modelId: 'copy' });
	expect(kept(weightsFolder)).toEqual(['tiny.pt']);
	expect(await services.client.model.freeWeights({ modelId: catalogueId })).toEqual({ freedBytes: bytes.length });
	expect((await library()).models[1]!.weights).toMatchObject({ isThere: false, keptBytes: 0 });

	// Without it, another compiler leaves a model that says so, and that can be had again under its id and name.
	await services.client.model.rename({ modelId: catalogueId, name: 'Gone soon' });
	writeFileSync(manifestPath, manifest.replace(/"compilerVersion": \d+/, '"compilerVersion": 0'));
	expect((await library()).models[1]).toMatchObject({ modelId: catalogueId, needsWeights: true });
	await get();
	expect((await library()).models[1]).toMatchObject({ name: 'Gone soon', needsWeights: false, origin: 'official' });
	expect(readFileSync(manifestPath, 'utf8')).toBe(manifest);
	await services.client.model.remove({ modelId: catalogueId });
	expect(await services.client.project.current()).toMatchObject({ modelId: 'builtin-basic' });
	expect([kept(modelsFolder), kept(weightsFolder)]).toEqual([[], []]);
});

test('what is not the checkpoint is refused and deleted; a file put in place by hand is taken, or left', async () => {
	const text = new TextEncoder().encode('<html>Sign in to the hotel</html>'.padEnd(bytes.length));
	for (const [served, reason] of [
		[text, 'starts with'],
		[miniatureWeights('2.0'), 'SAM 2 miniature'],
		[bytes.subarray(0, Math.round(bytes.length * 0.95)), 'too early'],
	] as const) {
		server.bytes = served;
		await expect(get()).rejects.toMatchObject({
			code: 'model.badDownload',
			message: expect.stringContaining(reason),
		});
		expect([kept(modelsFolder), kept(weightsFolder)]).toEqual([[], []]);
	}
	server.bytes = bytes;
	server.taken();

	// As the sentence for a machine without a network says.
	writeFileSync(weightsPath, text);
	await expect(get()).rejects.toMatchObject({ code: 'model.badFile', message: expect.stringContaining(weightsPath) });
	expect(kept(weightsFolder)).toEqual(['tiny.pt']);
	writeFileSync(weightsPath, bytes);
	expect(officialOf(await library())).toMatchObject({ isFileThere: true, modelId: null });
	await get();
	expect(server.taken()).toEqual([]);
	expect((await library()).models[1]).toMatchObject({ origin: 'official', weights: { sha256: sha256Of(bytes) } });
	await services.client.model.remove({ modelId: catalogueId });

	// A file of one's own under the publisher's name counts as official, under another it does not; both stay.
	const own = join(folder, 'tiny.pt');
	writeFileSync(own, bytes);
	await services.run(() => services.client.model.add({ path: own, modelId: catalogueId }));
	expect(officialOf(await library()).modelId).toBe(catalogueId);
	await services.client.model.remove({ modelId: catalogueId });
	writeFileSync(join(folder, 'tuned.pt'), bytes);
	await services.run(() => services.client.model.add({ path: join(folder, 'tuned.pt'), modelId: catalogueId }));
	expect(officialOf(await library()).modelId).toBe(null);
	await services.client.model.remove({ modelId: catalogueId });
	expect([existsSync(own), existsSync(join(folder, 'tuned.pt'))]).toEqual([true, true]);
});

test('what has come of broken downloads is counted and can be deleted', async () => {
	await cancel(await getHalf());
	const { receivedBytes } = officialOf(await library()).partial!;
	const { freedBytes } = await services.client.model.dropDownload({ catalogueId });
	expect(freedBytes).toBeGreaterThanOrEqual(receivedBytes);
	expect(kept(weightsFolder)).toEqual([]);
	// Of a list that is no more: with all others.
	writeFileSync(join(weightsFolder, 'old.pt.part'), 'half');
	expect((await library()).space.partialBytes).toBe(4);
	expect(await services.client.model.dropDownload({})).toEqual({ freedBytes: 4 });
	await expect(services.client.model.get({ catalogueId: 'sam3' })).rejects.toMatchObject({ code: 'model.notOfficial' });
});
