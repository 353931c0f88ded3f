import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withReorderDepth } from '../../main/media/avc-config.ts';
import { createMedia } from '../../main/media/index.ts';
import { clipPath, frameNumber, hasClips } from './clips.ts';
import { openTestDecoder, quietLog } from './decoder-page.ts';

const folder = await mkdtemp(join(tmpdir(), 'masklet-avc-'));
const media = createMedia({ openDecoder: openTestDecoder(), cacheBytes: 64 << 20, log: quietLog });
afterAll(async () => {
	await media.close();
	await rm(folder, { recursive: true });
});

const bitsOf = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');

function recordOf(sps: number[]): Uint8Array {
	return Uint8Array.of(1, sps[1]!, sps[2]!, sps[3]!, 0xff, 0xe1, 0, sps.length, ...sps, 1, 0, 1, 0x68);
}

function spsOf(record: Uint8Array): Uint8Array {
	return record.subarray(8, 8 + record[7]!);
}

test('an SPS that does not say how many frames are held back gets it said', () => {
	// Main profile, level 3.1, order type 0, 4 reference frames, 80 x 45 macroblocks, no VUI.
	const head = '01100111' + '01001101' + '00000000' + '00011111' + '1' + '1' + '1' + '1' + '00101' + '0';
	const size = '0000001010000' + '00000101101' + '1' + '1' + '0';
	const toBytes = (bits: string) =>
		(bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
	const bare = recordOf(toBytes(`${head}${size}01`));
	// 18000 macroblocks of level 3.1 are 5 frames.
	const restriction = '11' + '011' + '010' + '000010000' + '000010000' + '00110' + '00110';
	const said = withReorderDepth(bare);
	expect(bitsOf(spsOf(said)).replace(/0*$/, '')).toBe(`${head}${size}1${'0'.repeat(8)}${restriction}1`);
	expect(said.subarray(-4)).toEqual(bare.subarray(-4));
	// What says it already stays as it is, as does what is not understood and baseline, which has no B pictures.
	expect(withReorderDepth(said)).toEqual(said);
	expect(withReorderDepth(bare.subarray(0, 9))).toEqual(bare.subarray(0, 9));
	const baseline = recordOf(toBytes(`${head.replace('01001101', '01000010')}${size}01`));
	expect(withReorderDepth(baseline)).toEqual(baseline);
});

test.skipIf(!hasClips)('a clip whose SPS is silent loses no frame', async () => {
	for (const name of ['h264-bframes.mp4', 'h264-longgop.mp4']) {
		const bytes = await readFile(clipPath(name));
		const at = bytes.indexOf('avcC') + 4;
		const sps = bytes.subarray(at + 8, at + 8 + bytes[at + 7]!);
		// The SPS of x264 ends in the restriction: flag, 1, ue(0) twice, ue(11) twice or so. Its flag becomes the stop bit.
		const bits = bitsOf(sps);
		const tail = /1(1)(1|010|011)(1|010|011)(0{3}1\d{3}){2}0*1\d{0,}$/.exec(bits);
		const silent = bits.slice(0, tail!.index) + '01';
		const silentBytes = (silent.padEnd(bits.length, '0').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
		bytes.set(silentBytes, at + 8);
		const path = join(folder, name);
		await writeFile(path, bytes);
		const source = await media.open(path);
		for (let frameIndex = 0; frameIndex < 90; frameIndex++) {
			expect(frameNumber(await source.picture(frameIndex))).toBe(frameIndex);
		}
		expect(source.unreadableFrames()).toEqual([]);
		await source.close();
	}
});
