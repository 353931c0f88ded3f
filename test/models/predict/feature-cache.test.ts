import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Features, Sam2Engine } from '../../../models/predict/engine.ts';
import { featureBytes, packFeatures, unpackFeatures } from '../../../models/predict/feature-bytes.ts';
import { FeatureCache, type FeatureStore } from '../../../models/predict/feature-cache.ts';
import { networkOf, spec } from '../../parity/golden.ts';
import { seededFrame } from '../../parity/seeded-clip.ts';
import { seededEngine } from '../../parity/seeded-engine.ts';

const parity = spec.configs['miniature-2.1']!;
const { signal } = new AbortController();
let folder = '';
let engine: Sam2Engine;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'masklet-features-'));
	engine = seededEngine(networkOf('miniature-2.1', parity), { ...parity, folder });
});
afterAll(async () => {
	await engine.dispose();
	rmSync(folder, { recursive: true, force: true });
});

/** A cache, and the frames that it asked pictures of. */
function cacheOf(options: { frames: number; store?: FeatureStore }) {
	const encoded: number[] = [];
	const limitBytes = options.frames * featureBytes(engine.config, 'half');
	const store = options.store ? { store: options.store } : {};
	const cache = new FeatureCache(engine, { limitBytes, precision: 'half', ...store });
	const get = (frameIndex: number, video = 'clip#1'): Promise<Features> => {
		const picture = () => {
			encoded.push(frameIndex);
			return Promise.resolve(seededFrame(parity, frameIndex));
		};
		return cache.get(`${video}:${frameIndex}`, picture, signal);
	};
	return { cache, get, encoded };
}

it('keeps the frames near anchors, and gives on a hit what it gave on a miss', async () => {
	const { cache, get, encoded } = cacheOf({ frames: 3 });
	cache.lookAt('clip#1', [0, 6]);
	const missed = await get(1);
	for (const frameIndex of [0, 3, 6, 7]) {
		await get(frameIndex);
	}
	expect(encoded).toEqual([1, 0, 3, 6, 7]);
	// Frame 3, three frames from both anchors, went first; then the longer unused of 1 and 7, which are equally far.
	encoded.length = 0;
	await get(6);
	await get(0);
	expect(encoded).toEqual([]);
	await get(7);
	await get(3);
	await get(1);
	expect(encoded).toEqual([3, 1]);
	expect(await get(1)).toEqual(missed);

	// The numbers are rounded to float16 and as near as that to the network's own.
	const exact = await engine.encodeImage(seededFrame(parity, 1), signal);
	expect(missed.f.data).toEqual(new Float32Array(new Float16Array(exact.f.data)));
	expect(missed.f.data).not.toEqual(exact.f.data);
	const single = packFeatures(exact, 'single');
	expect(unpackFeatures(single, engine.config, 'single')).toEqual(exact);
	expect(unpackFeatures(single.subarray(1), engine.config, 'single')).toBeNull();

	// Another asker means the same pictures; another video goes before any frame of the one that is looked at.
	encoded.length = 0;
	await get(1, 'clip#2');
	expect(encoded).toEqual([]);
	await get(2, 'other');
	await get(5);
	await get(2, 'other');
	expect(encoded).toEqual([2, 5, 2]);
	await cache.clear();
});

it('asks its store before the network, and only for pictures that mean the same another day', async () => {
	const files = new Map<string, Uint8Array>();
	const store: FeatureStore = {
		read: ({ video, frameIndex }) => Promise.resolve(files.get(`${video}/${frameIndex}`) ?? null),
		write: ({ video, frameIndex }, bytes) => {
			files.set(`${video}/${frameIndex}`, bytes);
			return Promise.resolve();
		},
	};
	const first = cacheOf({ frames: 2, store });
	const missed = await first.get(4);
	await first.get(4, 'a folder of pictures');
	await first.cache.clear();
	expect([...files.keys()]).toEqual(['clip/4']);

	const later = cacheOf({ frames: 2, store });
	expect(await later.get(4)).toEqual(missed);
	expect(later.encoded).toEqual([]);
	files.set('clip/5', files.get('clip/4')!.subarray(2));
	await later.get(5);
	expect(later.encoded).toEqual([5]);
	await later.cache.clear();
});
