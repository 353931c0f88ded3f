import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { nvidiaPackage } from '../../main/inference/runtime.ts';
import { encodeRle, rleToBytes } from '../../preload/common/rle.ts';
import { contract } from '../../preload/contract/index.ts';
import { defaultModes } from '../../preload/common/model-modes.ts';
import type { Client } from '../../preload/contract/index.ts';
import type { DeviceList } from '../../preload/contract/device.ts';
import type { Events } from '../../preload/contract/events.ts';
import type { ModelInfo } from '../../preload/contract/model.ts';
import type { WirePrompt } from '../../preload/contract/track.ts';
import { miniatureWeights, writeCatalogue } from '../services/model/test-catalogue.ts';
import { startWeightsServer, type WeightsServer } from '../services/model/weights-server.ts';
import { hosts, openHost } from './open-hosts.ts';
import type { OpenHost } from './open-hosts.ts';

const width = 64;
const height = 48;
const frameCount = 6;
let sampleFolder = '';
const weights = miniatureWeights();
let server: WeightsServer;
let open: OpenHost | null = null;

/** A bright square that moves over a dark ground, as a folder of pictures. */
beforeAll(async () => {
	sampleFolder = mkdtempSync(join(tmpdir(), 'masklet-pictures-'));
	writePictures(sampleFolder);
	server = await startWeightsServer(weights);
	const catalogue = join(sampleFolder, 'models.json');
	const tiny = { modelId: 'sam2.1-tiny', name: 'SAM 2.1 tiny', url: server.url, sizeBytes: weights.length };
	writeCatalogue(catalogue, [tiny]);
	vi.stubEnv('MASKLET_MODELS', catalogue);
});
afterEach(async () => {
	await open?.close();
	open = null;
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await server.close();
	rmSync(sampleFolder, { recursive: true, force: true });
});

function writePictures(folder: string): void {
	mkdirSync(folder, { recursive: true });
	for (let index = 0; index < frameCount; index++) {
		const data = new Uint8Array(width * height * 3).fill(30);
		squareAt(index).forEach((isObject, pixel) => {
			if (isObject) {
				data.set([220, 180, 40], pixel * 3);
			}
		});
		writeFileSync(join(folder, `${index}.png`), encode({ width, height, data, channels: 3 }));
	}
}

function squareAt(frameIndex: number): Uint8Array {
	const data = new Uint8Array(width * height);
	for (let row = 12; row < 32; row++) {
		data.fill(1, row * width + 10 + 2 * frameIndex, row * width + 30 + 2 * frameIndex);
	}
	return data;
}

const maskAt = (frameIndex: number): Uint8Array => rleToBytes(encodeRle({ width, height, data: squareAt(frameIndex) }));

/** The client, and the name of every method that was called on it. */
function noting(client: Client): { client: Client; called: Set<string> } {
	const called = new Set<string>();
	const services = Object.entries(contract).map(([service, methods]) => {
		const callers = Object.keys(methods).map((method) => {
			const call = (client as never as Record<string, Record<string, (...words: unknown[]) => unknown>>)[service]![
				method
			]!;
			return [
				method,
				(...words: unknown[]) => {
					called.add(`${service}.${method}`);
					return call(...words);
				},
			];
		});
		return [service, Object.fromEntries(callers)];
	});
	return { client: Object.fromEntries(services) as Client, called };
}

type Ended = Events['job.done'];

/** Starts jobs and waits for their end, which may be told before the call returns. */
function jobsOf(host: OpenHost): (start: Promise<{ jobId: number }>) => Promise<Ended> {
	const ended = new Map<number, Ended>();
	const waiting = new Map<number, (event: Ended) => void>();
	host.client.on('job.done', (event) => {
		ended.set(event.job.jobId, event);
		waiting.get(event.job.jobId)?.(event);
	});
	return async (start) => {
		const { jobId } = await start;
		return ended.get(jobId) ?? new Promise((resolve) => waiting.set(jobId, resolve));
	};
}

/** Copies the project as a kill at this moment would leave it. */
function snapshot(path: string, target: string): void {
	for (const suffix of ['', '-wal']) {
		if (existsSync(path + suffix)) {
			copyFileSync(path + suffix, target + suffix);
		}
	}
}

test.each(Object.keys(hosts))('every method of the contract does its work over %s', async (hostName) => {
	const host = await openHost(hostName, { samplePath: sampleFolder });
	open = host;
	const { client, called } = noting(host.client);
	const ended = jobsOf(host);
	const at = (name: string): string => join(host.folder, name);
	const done = async <T>(start: Promise<{ jobId: number }>): Promise<T> => {
		const event = await ended(start);
		expect([event.job.state, event.error]).toEqual(['done', null]);
		return event.result as T;
	};

	// host
	expect(await client.host.info()).toMatchObject({ kind: 'electron', version: '1.2.3', documentsFolder: host.folder });
	await client.host.makeFolder({ path: at('made') });
	writePictures(at('made/pictures'));
	const browsed = await client.host.browse({ path: at('made') });
	expect(browsed.entries).toMatchObject([{ name: 'pictures', kind: 'folder' }]);
	expect(await client.host.pick({ kind: 'openProject' })).toEqual([at('openProject')]);
	expect(await client.host.reveal({ path: host.folder })).toBeNull();

	// project, labels
	expect(await client.project.current()).toBeNull();
	const path = at('Walk.masklet');
	const changed = new Promise((resolve) => host.client.on('project.changed', resolve));
	expect(await client.project.create({ path, name: 'Walk' })).toMatchObject({ path, name: 'Walk', videoCount: 0 });
	expect(await changed).toMatchObject({ project: { name: 'Walk' } });
	const { labelId } = await client.project.addLabel({ name: 'square' });
	await client.project.updateLabel({ labelId, name: 'box' });
	expect(await client.project.labels()).toMatchObject([{ labelId, name: 'box' }]);

	// video
	const pictures = at('made/pictures');
	expect(await done(client.video.probe({ path: pictures }))).toMatchObject({
		kind: 'folder',
		width,
		height,
		frameCount,
	});
	const imported = await done(client.video.import({ paths: [pictures, sampleFolder] }));
	expect(imported).toEqual({ videoIds: [1, 2], problems: [] });
	expect(await client.video.list()).toHaveLength(2);
	expect(await client.video.get({ videoId: 1 })).toMatchObject({ frameCount, width, height, source: 'ready' });
	const { ptsSeconds } = await client.video.index({ videoId: 1 });
	expect(ptsSeconds).toBeInstanceOf(Float64Array);
	expect(ptsSeconds).toHaveLength(frameCount);
	await client.video.update({ videoId: 1, environment: 'Indoor' });
	renameSync(pictures, at('made/moved'));
	expect(await done(client.video.relocate({ videoId: 1, path: at('made/moved') }))).toMatchObject({
		path: at('made/moved'),
		environment: 'Indoor',
	});
	await client.video.remove({ videoId: 2 });
	expect(await client.video.list()).toMatchObject([{ videoId: 1 }]);

	// model
	const [model] = await client.model.list();
	await client.model.choose({ modelId: model!.modelId });
	writeFileSync(at('none.pt'), 'no weights');
	const refused = await ended(client.model.add({ path: at('none.pt') }));
	expect(refused.error).toMatchObject({ code: 'weights.unknownFormat' });
	const { modelId } = model!;
	expect(await client.model.modes({ modelId })).toEqual({ modes: defaultModes, has: [] });
	const noMode = await ended(client.model.setModes({ modelId, modes: { weights: 'int8' } }));
	expect(noMode.error).toMatchObject({ code: 'model.noModes' });
	await expect(client.model.remove({ modelId: 'none' })).rejects.toMatchObject({ code: 'model.unknown' });
	const modelsChanged = new Promise((resolve) => host.client.on('models.changed', resolve));
	const fetched = await done<ModelInfo>(client.model.get({ catalogueId: 'sam2.1-tiny', modelId: 'fetched' }));
	expect(await modelsChanged).toEqual({});
	expect(fetched).toMatchObject({ modelId: 'fetched', licence: 'Apache-2.0' });
	await client.model.rename({ modelId: 'fetched', name: 'Quick' });
	expect(await client.model.reveal({ modelId: 'fetched' })).toEqual({ path: at('data/models/fetched'), isShown: true });
	expect(await client.model.library()).toMatchObject({
		models: [{ origin: 'builtin' }, { name: 'Quick', origin: 'official', weights: { keptBytes: weights.length } }],
		official: [{ catalogueId: 'sam2.1-tiny', modelId: 'fetched', isFileThere: true, partial: null, jobId: null }],
	});
	expect(await client.model.freeWeights({ modelId: 'fetched' })).toEqual({ freedBytes: weights.length });
	expect(await client.model.dropDownload({})).toEqual({ freedBytes: 0 });
	await client.model.remove({ modelId: 'fetched' });

	// device
	expect(await client.device.list({ modelId: model!.modelId })).toMatchObject({
		usedDeviceId: 'cpu',
		devices: [{ deviceId: 'cpu', state: 'unmeasured', millisPerFrame: null }],
	});
	const measured = await done<DeviceList>(client.device.measure({}));
	expect(measured).toMatchObject({ devices: [{ deviceId: 'cpu', state: 'usable', parts: [{ part: 'frame' }] }] });
	expect(await client.device.list({})).toEqual(measured);
	await client.device.choose({ deviceId: 'cpu' });
	expect(await client.device.list({})).toMatchObject({ preferredDeviceId: 'cpu' });
	await client.device.choose({ deviceId: null });
	// The test's feed is a port that nobody listens on.
	const unreached = await client.device.addNvidia().then(
		async ({ jobId }) => (await ended(Promise.resolve({ jobId }))).error?.code,
		(error: { code: string }) => error.code,
	);
	expect(unreached).toBe(nvidiaPackage() ? 'nvidia.unreachable' : 'nvidia.notHere');
	await client.device.removeNvidia();

	// track, annotate
	const track = await client.track.create({ videoId: 1, labelId });
	const { trackId } = track;
	await client.track.update({ trackId, name: 'mover' });
	expect(await client.track.list({ videoId: 1 })).toMatchObject([{ trackId, name: 'mover', labelId }]);
	const prompt: WirePrompt = { kind: 'mask', mask: maskAt(0), origin: 'given' };
	const { promptId } = await client.annotate.addPrompt({ trackId, frameIndex: 0, prompt });
	await client.annotate.updatePrompt({ promptId, prompt: { ...prompt, mask: maskAt(1) } });
	await client.annotate.removePrompt({ promptId });
	await client.annotate.setMask({ trackId, frameIndex: 0, mask: maskAt(0) });
	const [frame] = await client.track.frame({ videoId: 1, frameIndex: 0 });
	expect(frame).toMatchObject({ trackId, provenance: 'edited', isAnchor: true, mask: maskAt(0) });
	await client.annotate.paint({ trackId, frameIndex: 5, area: maskAt(5), isErasing: false });
	await client.annotate.setAbsent({ trackId, frameIndex: 4 });
	await client.annotate.clear({ trackId, range: { from: 4, to: 6 } });
	const lane = await client.track.lane({ trackId });
	expect([...lane.kinds].map((kind) => kind !== 0)).toEqual([true, false, false, false, false, false]);

	// segment
	expect(await done(client.segment.prepare({ videoId: 1, frameIndex: 0 }))).toBeNull();
	const click: WirePrompt = { kind: 'point', x: 20.5, y: 20.5, isPositive: true };
	const preview = await done<{ mask: Uint8Array }>(
		client.segment.preview({ videoId: 1, frameIndex: 0, prompts: [click] }),
	);
	expect(preview.mask).toBeInstanceOf(Uint8Array);

	// runs, and what a kill in the middle of one leaves
	const copies = ['resume', 'publish', 'drop'].map((name) => at(`${name}.masklet`));
	const stop = host.services.onEvent(({ name }) => {
		if (name === 'run.frames' && !existsSync(copies[0]!)) {
			copies.forEach((copy) => snapshot(path, copy));
		}
	});
	const run = await done(client.track.propagate({ videoId: 1 }));
	stop();
	expect(run).toMatchObject({ frameCount: frameCount - 1, isPublished: true });
	expect((await client.track.lane({ trackId })).kinds).not.toContain(0);

	// history, review, jobs
	expect(await client.history.undo()).toMatchObject({ canRedo: true });
	expect((await client.track.lane({ trackId })).kinds).toEqual(lane.kinds);
	expect(await client.history.redo()).toMatchObject({ canRedo: false });
	expect((await client.history.state()).canUndo).toBe(true);
	expect(await client.history.list({ limit: 1 })).toMatchObject([{ name: 'Carry mover', isUndone: false }]);
	await client.review.setVerdict({ trackId, verdict: 'satisfactory' });
	const jobs = await client.job.list();
	expect(jobs.map(({ method }) => method)).toContain('track.propagate');
	await client.job.cancel({ jobId: jobs[0]!.jobId });

	// export
	const options = { format: 'coco' as const, folder: at('exported') };
	const plan = await client.export.plan(options);
	expect(plan.files).toHaveLength(1);
	const written = await done<{ files: string[] }>(client.export.start(options));
	expect(written.files).toEqual(plan.files.map((file) => file.path));
	expect(existsSync(written.files[0]!)).toBe(true);

	// what takes things away
	await client.track.remove({ trackId });
	await client.project.removeLabel({ labelId });
	expect([await client.track.list({ videoId: 1 }), await client.project.labels()]).toEqual([[], []]);
	await client.project.close();
	await expect(client.project.labels()).rejects.toMatchObject({ code: 'project.none' });

	// interrupted passes
	const interrupted = async (copy: string): Promise<number> => {
		await client.project.open({ path: copy });
		const [pass] = await client.track.interruptedPasses();
		expect(pass).toMatchObject({ videoId: 1, trackIds: [trackId], state: 'interrupted' });
		return pass!.passId;
	};
	const [resumed, published, dropped] = copies as [string, string, string];
	expect(await done(client.track.resumePass({ passId: await interrupted(resumed) }))).toMatchObject({
		isPublished: true,
	});
	await client.track.publishPass({ passId: await interrupted(published) });
	await client.track.dropPass({ passId: await interrupted(dropped) });
	expect(await client.track.interruptedPasses()).toEqual([]);

	// recent projects, the sample
	expect((await client.project.recent()).map((recent) => recent.path)).toContain(path);
	await client.project.forgetRecent({ path });
	expect((await client.project.recent()).map((recent) => recent.path)).not.toContain(path);
	expect(await client.project.openSample()).toMatchObject({ name: 'Sample', videoCount: 1 });

	const methods = Object.entries(contract).flatMap(([service, methodsOf]) =>
		Object.keys(methodsOf).map((method) => `${service}.${method}`),
	);
	expect(methods.filter((method) => !called.has(method))).toEqual([]);
	expect(host.internalErrors).toEqual([]);
});

test.each(Object.keys(hosts))('bad input costs nothing over %s', async (hostName) => {
	const host = await openHost(hostName, { samplePath: sampleFolder });
	open = host;
	for (const [service, methods] of Object.entries(contract)) {
		for (const method of Object.keys(methods)) {
			const call = (host.client as never as Record<string, Record<string, (input: unknown) => Promise<unknown>>>)[
				service
			]![method]!;
			await expect(call('no input of any method'), `${service}.${method}`).rejects.toMatchObject({
				code: 'request.invalid',
				data: { method: `${service}.${method}` },
			});
		}
	}
	expect(await host.client.project.current()).toBeNull();
	expect(host.internalErrors).toEqual([]);
});
