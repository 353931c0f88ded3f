import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLabelPng, readMaskPng } from '../../main/formats/png/mask-png.ts';
import { readMasklets } from '../../main/formats/read.ts';
import { decodeRle } from '../../preload/common/rle.ts';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'masklet-png-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const size = { width: 3, height: 2 };

function put(path: string, data: number[], channels = 1): string {
	const full = join(folder, path);
	mkdirSync(dirname(full), { recursive: true });
	writeFileSync(full, encode({ ...size, data: Uint8Array.from(data), channels, depth: 8 }));
	return full;
}

const palette = [
	[0, 0, 0],
	[128, 0, 0],
	[0, 128, 0],
	[128, 128, 0],
] as [number, number, number][];

/** Made with Pillow: 11x2, mode 1 and mode P of 2 bits, the values of `packed` below. */
const oneBit = 'iVBORw0KGgoAAAANSUhEUgAAAAsAAAACAQAAAACm2BtDAAAADklEQVR4nGOcxcZyag8ABYICLOQn8OYAAAAASUVORK5CYII=';
const twoBit =
	'iVBORw0KGgoAAAANSUhEUgAAAAsAAAACAgMAAADzzc59AAAADFBMVEUAAACAAAAAgACAgAA47ASAAAAAEElEQVR4nGM45nKEUeLHDwAOEgPYqvLdJAAAAABJRU5ErkJggg==';

test('one mask is read from grey, colour, transparent, palette and packed pictures', async () => {
	const inside = async (path: string) => [...(await readMaskPng(path)).data];
	expect(await inside(put('grey.png', [0, 255, 0, 1, 0, 128]))).toEqual([0, 1, 0, 1, 0, 1]);
	expect(await inside(put('rgb.png', [0, 0, 0, 255, 255, 255, 0, 0, 0, 0, 9, 0, 0, 0, 0, 200, 0, 0], 3))).toEqual([
		0, 1, 0, 1, 0, 1,
	]);
	const clear = [255, 255, 255, 0];
	const black = [0, 0, 0, 255];
	const white = [255, 255, 255, 255];
	const rgba = [clear, white, black, white, black, clear].flat();
	expect(await inside(put('rgba.png', rgba, 4))).toEqual([0, 1, 0, 1, 0, 0]);
	expect(await readMaskPng(put('grey.png', [0, 255, 0, 1, 0, 128]))).toMatchObject(size);

	writeFileSync(join(folder, 'one.png'), Buffer.from(oneBit, 'base64'));
	writeFileSync(join(folder, 'two.png'), Buffer.from(twoBit, 'base64'));
	expect([...(await readLabelPng(join(folder, 'one.png'))).labels]).toEqual([
		1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1,
	]);
	expect(await readLabelPng(join(folder, 'two.png'))).toMatchObject({
		isPalette: true,
		labels: Uint16Array.of(3, 0, 1, 2, 1, 0, 1, 0, 3, 0, 1, 0, 1, 2, 0, 0, 1, 0, 0, 0, 0, 2),
	});

	writeFileSync(join(folder, 'bad.png'), 'no picture');
	await expect(readMaskPng(join(folder, 'bad.png'))).rejects.toMatchObject({ code: 'mask.unreadable' });
	writeFileSync(join(folder, 'empty.png'), '');
	await expect(readMaskPng(join(folder, 'empty.png'))).rejects.toThrow('it is empty');
	await expect(readMaskPng(join(folder, 'none.png'))).rejects.toMatchObject({ code: 'file.notFound' });
	await expect(readMaskPng(folder)).rejects.toMatchObject({ code: 'file.denied' });
});

test('folders of masks: DAVIS with and without a palette, an object a folder, a name where there are several', async () => {
	put('davis/Annotations/480p/dog/00000.png', [0, 0, 255, 0, 0, 255]);
	put('davis/Annotations/480p/dog/00001.png', [0, 0, 0, 0, 0, 0]);
	const dog = await readMasklets(join(folder, 'davis'));
	expect(dog).toMatchObject({ name: 'dog', ...size, frameCount: null });
	expect(dog.tracks).toMatchObject([{ sourceId: 1, name: null }]);
	expect([...decodeRle((await dog.maskAt(0, 0))!).data]).toEqual([0, 0, 1, 0, 0, 1]);
	expect([...decodeRle((await dog.maskAt(0, 1))!).data]).toEqual([0, 0, 0, 0, 0, 0]);
	expect(await dog.maskAt(0, 2)).toBeNull();

	put('davis/Annotations/480p/cat/00004.png', [0, 2, 0, 255, 0, 3]);
	put('davis/Annotations/480p/cat/00008.png', [1, 2, 0, 255, 0, 3]);
	await expect(readMasklets(join(folder, 'davis'))).rejects.toMatchObject({
		code: 'format.videoNeeded',
		data: { names: ['cat', 'dog'], video: null },
	});
	await expect(readMasklets(join(folder, 'davis'), { video: 'cow' })).rejects.toThrow('not of cow');
	const cat = await readMasklets(join(folder, 'davis'), { video: 'cat' });
	expect([...cat.frameIndexes]).toEqual([4, 8]);
	expect(cat.tracks.map(({ sourceId }) => sourceId)).toEqual([1, 2, 3]);
	expect([...decodeRle((await cat.maskAt(2, 8))!).data]).toEqual([0, 0, 0, 0, 0, 1]);

	put('objects/000/00000.png', [255, 0, 0, 0, 0, 0]);
	put('objects/000/00004.png', [255, 0, 0, 0, 0, 0]);
	put('objects/001/00004.png', [0, 255, 0, 0, 0, 0]);
	const objects = await readMasklets(join(folder, 'objects'));
	expect(objects.tracks.map(({ sourceId, name }) => [sourceId, name])).toEqual([
		[0, '000'],
		[1, '001'],
	]);
	expect([...objects.frameIndexes]).toEqual([0, 4]);
	expect([...decodeRle((await objects.maskAt(1, 0))!).data]).toEqual([0, 0, 0, 0, 0, 0]);
	expect([...decodeRle((await objects.maskAt(1, 4))!).data]).toEqual([0, 1, 0, 0, 0, 0]);

	writeFileSync(
		join(folder, 'objects/001/00008.png'),
		encode({ width: 2, height: 2, data: Uint8Array.of(0, 1, 2, 3), channels: 1, palette }),
	);
	const odd = await readMasklets(join(folder, 'objects'));
	await expect(odd.maskAt(1, 8)).rejects.toMatchObject({ code: 'mask.size' });
	mkdirSync(join(folder, 'nothing'));
	await expect(readMasklets(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'format.unknown' });
});
