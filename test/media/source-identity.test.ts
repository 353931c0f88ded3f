import { mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findSource, fullHash, sampledHash, sourceSize } from '../../main/media/index.ts';

const folder = await mkdtemp(join(tmpdir(), 'masklet-identity-'));
afterAll(() => rm(folder, { recursive: true }));

async function identityOf(relativePath: string) {
	const absolutePath = join(folder, relativePath);
	return {
		relativePath,
		absolutePath,
		sizeBytes: await sourceSize(absolutePath),
		sampledHash: await sampledHash(absolutePath),
	};
}

test('a file is found again beside its project, and another one is not taken for it', async () => {
	await mkdir(join(folder, 'videos'));
	await writeFile(join(folder, 'videos/a.mp4'), Buffer.alloc(300_000, 'a'));
	const identity = await identityOf('videos/a.mp4');
	expect(await findSource(identity, folder)).toBe(join(folder, 'videos/a.mp4'));
	// The whole folder moves, project and videos.
	await mkdir(join(folder, 'moved'));
	await rename(join(folder, 'videos'), join(folder, 'moved/videos'));
	expect(await findSource(identity, folder)).toBeNull();
	expect(await findSource(identity, join(folder, 'moved'))).toBe(join(folder, 'moved/videos/a.mp4'));
	expect(await findSource({ ...identity, relativePath: null }, join(folder, 'moved'))).toBeNull();
	const absolutePath = join(folder, 'moved/videos/a.mp4');
	expect(await findSource({ ...identity, absolutePath }, folder)).toBe(absolutePath);
	// Of the same size, with another last byte.
	await writeFile(absolutePath, Buffer.concat([Buffer.alloc(299_999, 'a'), Buffer.from('b')]));
	expect(await findSource({ ...identity, absolutePath }, folder)).toBeNull();
});

test('the sampled hash of a file of hours reads what that of a file of minutes reads', async () => {
	const path = join(folder, 'long.mp4');
	const file = await open(path, 'w');
	// Sparse: 40 GB that take no room; a hash of all of it would take minutes.
	await file.truncate(40 * 2 ** 30);
	await file.close();
	const before = await sampledHash(path);
	const again = await open(path, 'r+');
	await again.write('x', 40 * 2 ** 30 - 1);
	await again.close();
	expect(await sampledHash(path)).not.toBe(before);
});

test('the full hash has progress and can be cancelled', async () => {
	const path = join(folder, 'full.mp4');
	await writeFile(path, Buffer.alloc((5 << 20) + 17, 'm'));
	const done: number[] = [];
	const hash = await fullHash(path, { onProgress: (doneBytes) => done.push(doneBytes) });
	expect(done).toEqual([1, 2, 3, 4, 5].map((n) => n << 20).concat((5 << 20) + 17));
	expect(hash).toMatch(/^[0-9a-f]{64}$/);
	expect(await fullHash(path)).toBe(hash);
	const controller = new AbortController();
	const cancelled = fullHash(path, { signal: controller.signal, onProgress: () => controller.abort() });
	await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
});

test('a folder is known by its pictures', async () => {
	const path = join(folder, 'frames');
	await mkdir(path);
	for (const n of [1, 2, 10]) {
		await writeFile(join(path, `${n}.jpg`), `picture ${n}`);
	}
	const identity = await identityOf('frames');
	expect(identity.sizeBytes).toBe(28);
	const full = await fullHash(path);
	await writeFile(join(path, 'notes.txt'), 'does not count');
	expect(await findSource(identity, folder)).toBe(path);
	await writeFile(join(path, '2.jpg'), 'picture x');
	expect(await findSource(identity, folder)).toBeNull();
	expect(await fullHash(path)).not.toBe(full);
});
