import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DeviceList } from '../../../preload/contract/device.ts';
import { openServices, type OpenServices } from '../open-services.ts';
import { miniatureWeights } from './test-catalogue.ts';

const folder = mkdtempSync(join(tmpdir(), 'masklet-measured-'));
const weights = join(folder, 'weights.pt');
const modelId = 'mine';
let open: OpenServices;
afterAll(async () => {
	await open.close();
	rmSync(folder, { recursive: true, force: true });
});

/** Milliseconds a frame, as the models page and `models list` tell them. */
async function millisOf(id: string): Promise<number | null> {
	const listed = (await open.client.model.list()).find((model) => model.modelId === id)!.millisPerFrame;
	const { models } = await open.client.model.library();
	expect(models.find((model) => model.modelId === id)!.millisPerFrame).toBe(listed);
	return listed;
}

const measured = () => open.next('job.done', ({ job }) => job.method === 'device.measure');

test('a model is measured by itself once it was added, and again with other graphs; the time outlives a restart', async () => {
	writeFileSync(weights, miniatureWeights());
	open = await openServices({ folder, measuresNewModels: true });
	const first = measured();
	const shown = open.next('job.progress', ({ method, note }) => method === 'device.measure' && note === 'CPU');
	await open.run(() => open.client.model.add({ path: weights, modelId }));
	expect(await millisOf(modelId)).toBeNull();
	const { jobId } = await shown;
	// Whoever asks for the same now is given what is under way.
	expect(await open.client.device.measure({ modelId })).toEqual({ jobId });
	const { job, result } = await first;
	expect(job).toMatchObject({ jobId, state: 'done' });
	const { usedDeviceId, devices } = result as DeviceList;
	const millis = await millisOf(modelId);
	expect(millis).toBe(devices.find(({ deviceId }) => deviceId === usedDeviceId)!.millisPerFrame);
	expect(millis).toBeGreaterThan(0);
	expect(await millisOf('builtin-basic')).toBeNull();

	await open.close();
	open = await openServices({ folder });
	expect(await millisOf(modelId)).toBe(millis);
	// A host that does not stay open leaves it at saying that nothing is known of the new graphs.
	await open.run(() => open.client.model.setModes({ modelId, modes: { weights: 'int8' } }));
	expect(await millisOf(modelId)).toBeNull();
	await open.close();

	open = await openServices({ folder, measuresNewModels: true });
	const again = measured();
	await open.run(() => open.client.model.setModes({ modelId, modes: { weights: 'fp32', stride: '2' } }));
	expect((await again).job.state).toBe('done');
	const plain = await millisOf(modelId);
	expect(plain).toBeGreaterThan(0);
	// The same graphs: what is known holds.
	await open.run(() => open.client.model.setModes({ modelId, modes: { stride: '4' } }));
	expect(await millisOf(modelId)).toBe(plain);
}, 400_000);

test('measurements take turns; one is cancelled while it waits or works, and what is removed is forgotten', async () => {
	const known = await millisOf(modelId);
	await open.close();
	open = await openServices({ folder, inferenceEntry: join(import.meta.dirname, '../silent-child.ts') });
	const working = open.next('job.progress', ({ method, note }) => method === 'device.measure' && note === 'CPU');
	const one = await open.client.device.measure({ modelId });
	const other = await open.client.device.measure({});
	expect((await working).jobId).toBe(one.jobId);
	for (const { jobId } of [other, one]) {
		const ended = measured();
		await open.client.job.cancel({ jobId });
		expect(await ended).toMatchObject({ job: { jobId, state: 'cancelled' }, error: null });
	}
	expect([await millisOf(modelId), await millisOf('builtin-basic')]).toEqual([known, null]);
	const ended = measured();
	const { jobId } = await open.client.device.measure({ modelId });
	await open.client.model.remove({ modelId });
	expect(await ended).toMatchObject({ job: { jobId, state: 'cancelled' }, error: null });
	await open.close();

	open = await openServices({ folder, measuresNewModels: true });
	await open.run(() => open.client.device.measure({}));
	expect(await millisOf('builtin-basic')).toBeGreaterThan(0);
	const anew = measured();
	await open.run(() => open.client.model.add({ path: weights, modelId }));
	expect(await millisOf(modelId)).toBeNull();
	await anew;
	expect(await millisOf(modelId)).toBeGreaterThan(0);
}, 400_000);
