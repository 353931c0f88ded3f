import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { CocoFile } from '../../main/formats/coco/validate.ts';
import { cocoRle } from '../../main/formats/coco/validate.ts';
import { writeCoco } from '../../main/formats/coco/write.ts';
import { readSav } from '../../main/formats/sav/read.ts';
import { laneCodeOf } from '../../preload/common/masklet.ts';
import { decodeRle, encodeRle, rleArea, rleBounds, rleToString } from '../../preload/common/rle.ts';
import { drawMask, type DrawStep } from '../draw-mask.ts';
import { findPython, runPython } from '../python.ts';

const python = findPython(['numpy', 'pycocotools']);

/** What pycocotools makes of every annotation of a file; pixels as a hash of the row-major mask. */
const readCocoScript = `
import contextlib, hashlib, io, json, sys
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
with contextlib.redirect_stdout(io.StringIO()):
    coco = COCO(sys.argv[1])
rows = []
for annotation in coco.loadAnns(coco.getAnnIds()):
    rle = coco.annToRLE(annotation)
    pixels = coco.annToMask(annotation)
    image = coco.loadImgs(annotation["image_id"])[0]
    assert pixels.shape == (image["height"], image["width"])
    rows.append({"id": annotation["id"], "area": int(coco_mask.area(rle)), "bbox": list(map(float, coco_mask.toBbox(rle))),
        "sha": hashlib.sha1(pixels.tobytes()).hexdigest()})
print(json.dumps(rows))
`;

/** Encodes masks that come as hex rows. */
const encodeScript = `
import json, sys
import numpy as np
from pycocotools import mask as coco_mask
answers = []
for case in json.load(sys.stdin):
    pixels = np.frombuffer(bytes.fromhex(case["hex"]), np.uint8).reshape(case["height"], case["width"])
    rle = coco_mask.encode(np.asfortranarray(pixels))
    answers.append({"counts": rle["counts"].decode(), "area": int(coco_mask.area(rle)), "bbox": list(map(float, coco_mask.toBbox(rle)))})
print(json.dumps(answers))
`;

test.skipIf(python === null)(
	'pycocotools reads our file: areas, boxes and pixels are ours, for every annotation',
	async () => {
		const { createHash } = await import('node:crypto');
		const folder = mkdtempSync(join(tmpdir(), 'masklet-live-'));
		try {
			// Real shapes: the ground truth of the sample, with its holes, thin feelers and cut-off parts.
			const truth = await readSav(fileURLToPath(new URL('../../resources/sample/ground-truth.json', import.meta.url)));
			const { width, height, frameCount } = truth;
			const { paths, maskCount } = await writeCoco(
				{
					video: {
						name: 'sample.mp4',
						width,
						height,
						frameCount: frameCount!,
						frameRate: 24,
						durationSeconds: 5,
						ptsSeconds: Float64Array.from({ length: frameCount! }, (_, frameIndex) => frameIndex / 24),
						environment: null,
						split: null,
					},
					tracks: truth.tracks.map(({ name }, trackId) => ({
						trackId,
						name: name!,
						label: null,
						verdict: 'satisfactory',
						type: 'manual',
					})),
					laneOf: () => new Uint8Array(frameCount!).fill(laneCodeOf('imported')),
					async maskAt(trackId, frameIndex) {
						const rle = await truth.maskAt(trackId, frameIndex);
						const scores = { predictedIou: null, objectScore: null, stability: null };
						return rle && { rle, provenance: 'imported', isAnchor: false, scores };
					},
				},
				{ folder, every: 3 },
			);
			const file = JSON.parse(readFileSync(paths[0]!, 'utf8')) as CocoFile;
			expect(file.annotations).toHaveLength(maskCount);
			// 40 frames of 5 objects, less those where the ball (3) or the ladybird (15) is not seen.
			expect(maskCount).toBe(200 - 3 - 15);
			const ours = file.annotations.map(({ id, area, bbox, segmentation }) => {
				const { data } = decodeRle(cocoRle(segmentation));
				return { id, area, bbox, sha: createHash('sha1').update(data).digest('hex') };
			});
			expect(JSON.parse(runPython(python!, readCocoScript, { args: [paths[0]!] }))).toEqual(ours);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	},
);

test.skipIf(python === null)('pycocotools encodes random masks to our counts, areas and boxes', () => {
	const cases = Array.from({ length: 60 }, (_, index) => {
		const width = 1 + ((index * 37) % 71);
		const height = 1 + ((index * 53) % 59);
		const steps: DrawStep[] = [['noise', 1000 + index, [3, 40, 128, 220, 253][index % 5]!]];
		if (index % 3 === 0) {
			steps.push(['disc', Math.floor(width / 2), Math.floor(height / 2), Math.floor(width / 3), (index / 3) % 2]);
		}
		return drawMask({ width, height }, steps);
	});
	const input = JSON.stringify(
		cases.map(({ width, height, data }) => ({ width, height, hex: Buffer.from(data).toString('hex') })),
	);
	const ours = cases.map((mask) => {
		const rle = encodeRle(mask);
		return { counts: rleToString(rle), area: rleArea(rle), bbox: rleBounds(rle) };
	});
	expect(JSON.parse(runPython(python!, encodeScript, { input }))).toEqual(ours);
});
