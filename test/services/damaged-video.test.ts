import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { laneFlags } from '../../preload/common/masklet.ts';
import type { RunResult } from '../../preload/contract/track.ts';
import { openServices, type OpenServices } from './open-services.ts';

const clip = resolve(import.meta.dirname, '../../../shared/data/media/bad-corrupt-middle.mp4');
let open: OpenServices;
beforeAll(async () => {
	open = await openServices();
});
afterAll(() => open.close());

test.skipIf(!existsSync(clip))(
	'a run goes through damaged frames and says so (skipped without the shared data)',
	async () => {
		const { client } = open;
		await client.project.create({ path: join(open.folder, 'Damaged.masklet'), name: 'Damaged' });
		await open.run(() => client.video.import({ paths: [clip] }));
		const { trackId } = await client.track.create({ videoId: 1 });
		const box = { kind: 'box' as const, x0: 100, y0: 60, x1: 200, y1: 140 };
		await client.annotate.addPrompt({ trackId, frameIndex: 20, prompt: box });
		const ended = open.next('job.done', (event) => event.job.method === 'track.propagate');
		const range = { from: 20, to: 50 };
		await client.track.propagate({ videoId: 1, trackIds: [trackId], range });
		const { job, result, error } = await ended;
		expect(error).toBeNull();
		expect((result as RunResult).frameCount).toBe(29);
		expect(job.warnings.join()).toMatch(/30.*44/);
		const { kinds, flags } = await client.track.lane({ trackId });
		const uncertain = [...flags.keys()].filter((frame) => flags[frame]! & laneFlags.uncertain);
		expect(kinds.slice(20, 50).every((kind) => kind !== 0)).toBe(true);
		expect(uncertain).toEqual(expect.arrayContaining(Array.from({ length: 15 }, (_, index) => 30 + index)));
		await expect(open.services.picture(1, 35, { signal: new AbortController().signal })).rejects.toMatchObject({
			code: 'media.frameUnreadable',
		});
	},
);
