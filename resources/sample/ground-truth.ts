import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { laneCodeOf } from '../../preload/common/masklet.ts';
import { encodeRle, type Rle } from '../../preload/common/rle.ts';
import type { VideoRecord } from '../../main/formats/record.ts';
import { writeSav } from '../../main/formats/sav/write.ts';
import { clip, objectNames, sceneAt } from './scene.ts';
import { traceIds } from './trace.ts';

/** The masks of a frame, in the order of `objectNames`: what each pixel's middle shows. */
export function truthAt(frameIndex: number): Rle[] {
	const ids = traceIds(sceneAt(frameIndex));
	return objectNames.map((_, index) =>
		encodeRle({ width: clip.width, height: clip.height, data: ids.map((id) => (id === index + 1 ? 1 : 0)) }),
	);
}

/** The clip's ground truth as SA-V JSON with every frame, and `masklet_name` after SA-V's own keys. */
export async function truthJson(): Promise<string> {
	let cached: { frameIndex: number; masks: Rle[] } | null = null;
	const { width, height, frameCount, frameRate } = clip;
	const record: VideoRecord = {
		video: {
			name: 'sample.mp4',
			width,
			height,
			frameCount,
			frameRate,
			durationSeconds: frameCount / frameRate,
			ptsSeconds: Float64Array.from({ length: frameCount }, (_, frameIndex) => frameIndex / frameRate),
			environment: 'Indoor',
			split: 'val',
		},
		tracks: objectNames.map((name, trackId) => ({
			trackId,
			name,
			label: null,
			verdict: 'satisfactory',
			type: 'manual',
		})),
		laneOf: () => new Uint8Array(frameCount).fill(laneCodeOf('imported')),
		maskAt(trackId, frameIndex) {
			if (cached?.frameIndex !== frameIndex) {
				cached = { frameIndex, masks: truthAt(frameIndex) };
			}
			return {
				rle: cached.masks[trackId]!,
				provenance: 'imported',
				isAnchor: false,
				scores: { predictedIou: null, objectScore: null, stability: null },
			};
		},
	};
	const folder = await mkdtemp(join(tmpdir(), 'masklet-sample-'));
	try {
		const { paths } = await writeSav(record, { folder });
		const text = await readFile(paths[0]!, 'utf8');
		return `${text.slice(0, -1)}, "masklet_name": ${JSON.stringify(objectNames)}}\n`;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
