import { setImmediate } from 'node:timers/promises';
import { Sam2Tracker } from '../../models/predict/sam2-tracker.ts';
import type { ParityConfig } from './golden.ts';
import { networkOf, spec } from './golden.ts';
import { seededEllipse, seededFrame } from './seeded-clip.ts';
import { seededEngine } from './seeded-engine.ts';

/*
 * The memory of a long run of the tracker, early and late, in a process of its own that is started as the inference
 * process is. Arguments: a folder for the graphs, the number of frames, the frames between two readings.
 */

export type Reading = { frame: number; heldMebibytes: number; residentMebibytes: number };
export type LongRun = { readings: Reading[]; millisPerFrame: number };

const frames = Number(process.argv[3]);
const every = Number(process.argv[4]);
const parity: ParityConfig = { ...spec.configs['miniature-2.1']!, frames };
const engine = seededEngine(networkOf('miniature-2.1', parity), { ...parity, folder: process.argv[2]!, threads: 1 });
const tracker = new Sam2Tracker(engine, { featureCacheBytes: 2 ** 20 });
const anchors = [0, 50, 350].map((frameIndex) => {
	return { frameIndex, mask: seededEllipse(parity, [0.3, 0.4, 0.15, 0.2]), prompts: [] };
});
const run = tracker.track(
	{
		direction: 'forward',
		frameCount: frames,
		width: parity.width,
		height: parity.height,
		videoKey: 'long',
		objects: [
			{
				trackId: 1,
				anchors,
				segments: [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex: frames - 1 }],
			},
		],
		pictureAt: (frameIndex) => Promise.resolve(seededFrame(parity, frameIndex % 60)),
	},
	new AbortController().signal,
);
const readings: Reading[] = [];
let start = performance.now();
for await (const { frameIndex } of run) {
	if (frameIndex === 100) {
		start = performance.now();
	}
	if (frameIndex === 100 || frameIndex % every === 0 || frameIndex === frames - 1) {
		readings.push(await reading(frameIndex));
	}
}
const millisPerFrame = (performance.now() - start) / (frames - 101);
console.log(JSON.stringify({ readings, millisPerFrame } satisfies LongRun));

/** After collecting: what is still held by something, and what the process has of the machine. */
async function reading(frame: number): Promise<Reading> {
	// Array buffers are given back beside the first collection; the second waits until that is done.
	globalThis.gc!();
	await setImmediate();
	globalThis.gc!();
	const { rss, heapUsed, external } = process.memoryUsage();
	// `external` counts array buffers too.
	return { frame, heldMebibytes: (heapUsed + external) / 2 ** 20, residentMebibytes: rss / 2 ** 20 };
}
