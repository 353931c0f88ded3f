import { fileURLToPath } from 'node:url';
import { readSav } from '../../main/formats/sav/read.ts';
import { resizeMask } from '../../preload/common/mask-pixels.ts';
import type { Mask } from '../../preload/common/picture.ts';
import { decodeRle, encodeRle, rleFromString, rleToString } from '../../preload/common/rle.ts';
import { findPython, runPython } from '../python.ts';
import { benchLine, medianMillis, type BenchLine } from './bench-line.ts';

const rounds = 15;

/** The same loop around pycocotools: the median of rounds, milliseconds a mask. Pixels lie row by row, as ours do. */
const peerScript = `
import json, statistics, sys, time
import numpy as np
from pycocotools import mask as coco
sets = json.load(sys.stdin)
def median(work, items):
    rounds = []
    for turn in range(-2, ${rounds}):
        start = time.perf_counter()
        for item in items:
            work(item)
        if turn >= 0:
            rounds.append((time.perf_counter() - start) * 1000 / len(items))
    return statistics.median(rounds)
answers = []
for masks in sets:
    rles = [{"size": mask["size"], "counts": mask["counts"].encode()} for mask in masks]
    pixels = [np.ascontiguousarray(coco.decode(rle)) for rle in rles]
    answers.append({
        "encode": median(lambda mask: coco.encode(np.asfortranarray(mask)), pixels),
        "decode": median(lambda rle: np.ascontiguousarray(coco.decode(rle)), rles),
    })
print(json.dumps(answers))
`;

/** Encode: pixels to the compressed text. Decode: the text to pixels. Masks: the sample's, and the same at 1080p. */
export async function* bench(): AsyncGenerator<BenchLine> {
	const sets = await masksOf();
	const python = findPython(['numpy', 'pycocotools']);
	const peers =
		python === null
			? null
			: measurePeer(
					python,
					sets.map(({ masks }) => masks),
				);
	const note =
		peers === null ? 'no Python with pycocotools here' : 'beside pycocotools, rows in memory order on both sides';
	for (const [index, { name, masks }] of sets.entries()) {
		const texts = masks.map((mask) => rleToString(encodeRle(mask)));
		const encode = medianMillis(() => masks.forEach((mask) => rleToString(encodeRle(mask))), {
			rounds,
			callsARound: 1,
		});
		const peer = peers?.[index] ?? null;
		yield benchLine({
			name: `RLE encode, ${name}`,
			ours: encode / masks.length,
			peer: peer?.encode ?? null,
			note,
		});
		const decode = medianMillis(() => masks.forEach((mask, at) => decodeRle(rleFromString(mask, texts[at]!))), {
			rounds,
			callsARound: 1,
		});
		yield benchLine({
			name: `RLE decode, ${name}`,
			ours: decode / masks.length,
			peer: peer?.decode ?? null,
			note,
		});
	}
}

async function masksOf(): Promise<{ name: string; masks: Mask[] }[]> {
	const truth = await readSav(fileURLToPath(new URL('../../resources/sample/ground-truth.json', import.meta.url)));
	const masks: Mask[] = [];
	for (let frameIndex = 0; frameIndex < truth.frameCount!; frameIndex += 12) {
		for (const trackIndex of truth.tracks.keys()) {
			masks.push(decodeRle((await truth.maskAt(trackIndex, frameIndex))!));
		}
	}
	const large = masks.slice(0, 20).map((mask) => resizeMask(mask, { width: 1920, height: 1080 }));
	return [
		{ name: `${masks.length} masks of 854x480`, masks },
		{ name: `${large.length} masks of 1920x1080`, masks: large },
	];
}

function measurePeer(python: string, sets: Mask[][]): { encode: number; decode: number }[] {
	const input = sets.map((masks) =>
		masks.map((mask) => ({ size: [mask.height, mask.width], counts: rleToString(encodeRle(mask)) })),
	);
	return JSON.parse(runPython(python, peerScript, { input: JSON.stringify(input) })) as {
		encode: number;
		decode: number;
	}[];
}
