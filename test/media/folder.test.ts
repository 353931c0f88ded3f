import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { createMedia, encodePicture } from '../../main/media/index.ts';
import { quietLog } from './decoder-page.ts';

const folder = await mkdtemp(join(tmpdir(), 'masklet-folder-'));
const media = createMedia({
	openDecoder: () => Promise.reject(new Error('pictures need no decoder page')),
	cacheBytes: 1 << 20,
	log: quietLog,
});
afterAll(async () => {
	await media.close();
	await rm(folder, { recursive: true });
});

/** A picture of one colour, whose red is its number. */
function plain(red: number, { width = 40, height = 30 } = {}) {
	return sharp({ create: { width, height, channels: 3, background: { r: red, g: 100, b: 200 } } });
}

async function newFolder(name: string): Promise<string> {
	await mkdir(join(folder, name));
	return join(folder, name);
}

test('PNG pictures are frames in natural order, exactly', async () => {
	const path = await newFolder('png');
	for (const n of [1, 2, 9, 10, 11, 100]) {
		await plain(n)
			.png()
			.toFile(join(path, `frame ${n}.png`));
	}
	await writeFile(join(path, '._frame 3.png'), 'what a Mac leaves');
	await writeFile(join(path, 'notes.txt'), 'not a picture');
	const { facts, index } = await media.probe(path);
	expect(facts).toMatchObject({ kind: 'folder', codec: 'PNG', width: 40, height: 30, frameCount: 6, frameRate: 24 });
	expect([...index.ptsSeconds]).toEqual([0, 1, 2, 3, 4, 5].map((n) => n / 24));
	const source = await media.open(path);
	const reds: number[] = [];
	for (const frameIndex of [0, 1, 2, 3, 4, 5, 2, 0]) {
		const { data } = await source.picture(frameIndex);
		expect(data.length).toBe(40 * 30 * 3);
		expect([...data.subarray(-2)]).toEqual([100, 200]);
		reds.push(data[0]!);
		// A caller owns its picture: the next one gets a clean copy.
		data.fill(0);
	}
	expect(reds).toEqual([1, 2, 9, 10, 11, 100, 9, 1]);
	expect(await source.check()).toEqual([]);
	expect(await source.picture(0, { maxSide: 20 })).toMatchObject({ width: 20, height: 15 });
	await expect(source.picture(6)).rejects.toMatchObject({ code: 'project.frameOutside' });
	await source.close();
	expect(media.cachedBytes()).toBe(0);
});

test('JPEG pictures of any kind become RGB, upright', async () => {
	const path = await newFolder('jpeg');
	await plain(50).jpeg().toFile(join(path, '00000.jpg'));
	await plain(50).toColourspace('b-w').jpeg().toFile(join(path, '00001.JPEG'));
	await plain(50, { width: 30, height: 40 }).jpeg().withMetadata({ orientation: 6 }).toFile(join(path, '00002.jpg'));
	const source = await media.open(path);
	expect(source.facts).toMatchObject({ codec: 'JPEG', width: 40, height: 30, frameCount: 3 });
	for (const [frameIndex, colour] of [[50, 100, 200], null, [50, 100, 200]].entries()) {
		const { width, height, data } = await source.picture(frameIndex);
		expect({ width, height, bytes: data.length }).toEqual({ width: 40, height: 30, bytes: 3600 });
		const [red, green, blue] = data.subarray(1800);
		if (colour) {
			expect(Math.max(...[red, green, blue].map((value, i) => Math.abs(value! - colour[i]!)))).toBeLessThan(4);
		} else {
			expect([green, blue]).toEqual([red, red]);
		}
	}
	await source.close();
});

test('a folder that is no video is told why', async () => {
	const path = await newFolder('odd');
	await expect(media.probe(path)).rejects.toMatchObject({ code: 'media.noPictures' });
	await plain(1).png().toFile(join(path, '1.png'));
	await plain(2, { width: 41 }).png().toFile(join(path, '2.png'));
	await expect(media.probe(path)).rejects.toMatchObject({
		code: 'media.mixedSizes',
		message: expect.stringContaining('the first is 40x30 and 2.png is 41x30. Move the odd ones out'),
	});
	await writeFile(join(path, '2.png'), 'no picture at all');
	await expect(media.probe(path)).rejects.toMatchObject({ code: 'media.pictureBroken' });
});

test('a broken picture costs its own frame, and a folder that grew is not the same video', async () => {
	const path = await newFolder('broken');
	for (const n of [0, 1, 2]) {
		await plain(n)
			.png()
			.toFile(join(path, `${n}.png`));
	}
	const known = await media.probe(path);
	await writeFile(join(path, '1.png'), 'damaged after the import');
	const source = await media.open(path, { known });
	await expect(source.picture(1)).rejects.toMatchObject({ code: 'media.frameUnreadable', data: { frameIndex: 1 } });
	expect((await source.picture(2)).data[0]).toBe(2);
	expect(await source.check()).toEqual([1]);
	await source.close();
	await copyFile(join(path, '0.png'), join(path, '3.png'));
	await expect(media.open(path, { known })).rejects.toMatchObject({ code: 'media.changed' });
});

test('pictures go out as PNG without loss and as JPEG, scaled down if wanted', async () => {
	const data = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 7) % 256);
	const picture = { width: 40, height: 30, data };
	const png = sharp(await encodePicture(picture, 'png'));
	expect(new Uint8Array(await png.raw().toBuffer())).toEqual(data);
	expect(await sharp(await encodePicture(picture, 'jpg', { maxSide: 16 })).metadata()).toMatchObject({
		format: 'jpeg',
		width: 16,
		height: 12,
	});
});
