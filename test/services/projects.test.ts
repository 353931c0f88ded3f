import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../main/store/index.ts';
import { rleIou } from '../../preload/common/mask-algebra.ts';
import { rleFromBytes } from '../../preload/common/rle.ts';
import { openServices, type OpenServices } from './open-services.ts';
import { maskAt, size, square, squareProject } from './square-project.ts';

let open: OpenServices;
beforeAll(async () => {
	open = await openServices();
});
afterAll(() => open.close());

test('a click sees the pictures of its own project, also where another had a video of that number', async () => {
	const { client } = open;
	const click = async (trackId: number, left: number): Promise<number> => {
		const at = { x: left + 20, y: 60 };
		await client.annotate.addPrompt({ trackId, frameIndex: 0, prompt: { kind: 'point', ...at, isPositive: true } });
		const { mask } = await maskAt(open, 0);
		return rleIou(rleFromBytes(size, mask), square(left));
	};
	const left = await squareProject(open, { name: 'Left', left: 10 });
	expect(await click(left.trackId, 10)).toBeGreaterThan(0.8);
	const right = await squareProject(open, { name: 'Right', left: 80 });
	expect(await click(right.trackId, 80)).toBeGreaterThan(0.8);
});

test('projects are opened one after the other, and none is locked by its own studio', async () => {
	const { client } = open;
	const [one, other] = [join(open.folder, 'Left.masklet'), join(open.folder, 'Right.masklet')];
	await client.project.close();
	const twice = await Promise.all([client.project.open({ path: one }), client.project.open({ path: one })]);
	expect(twice.map((project) => project.isReadOnly)).toEqual([false, false]);
	const link = join(open.folder, 'Link.masklet');
	symlinkSync(one, link);
	expect(await client.project.open({ path: link })).toMatchObject({ path: twice[0]!.path, isReadOnly: false });
	await Promise.all([client.project.open({ path: other }), client.project.open({ path: one })]);
	expect(await client.project.current()).toMatchObject({ path: twice[0]!.path, isReadOnly: false });
	expect(await client.project.open({ path: other })).toMatchObject({ isReadOnly: false });
	await client.project.open({ path: one });
	const elsewhere = openStore(other, { mode: 'edit', now: Date.now });
	expect(await client.project.open({ path: other })).toMatchObject({ isReadOnly: true });
	elsewhere.close();
	expect(await client.project.open({ path: other })).toMatchObject({ isReadOnly: false });
	await Promise.all([client.project.openSample(), client.project.openSample()]);
	expect(await client.project.current()).toMatchObject({ name: 'Sample', isReadOnly: false, videoCount: 1 });
});
