import { Sam2Tracker } from '../../models/predict/sam2-tracker.ts';
import { sam2Config } from '../../models/sam2/config.ts';
import { seededEllipse, seededFrame } from '../parity/seeded-clip.ts';
import { seededEngine } from '../parity/seeded-engine.ts';

/* Resident MiB after a run, in a process started as the inference process is. Arguments: see sam2-memory.ts. */

const [folder = '', ...numbers] = process.argv.slice(2);
const [imageSize = 0, width = 0, height = 0, frames = 0, seed = 0, objectScoreBias = 0] = numbers.map(Number);
const clip = { width, height, frames, hidden: [] };
const config = sam2Config('tiny', { version: '2.1', imageSize });
const engine = seededEngine(config, { seed, objectScoreBias, folder, threads: 2 });
const tracker = new Sam2Tracker(engine, { featureCacheBytes: 64 * 2 ** 20 });
const run = tracker.track(
	{
		direction: 'forward',
		frameCount: frames,
		width,
		height,
		videoKey: 'clip',
		objects: [
			{
				trackId: 1,
				anchors: [{ frameIndex: 0, mask: seededEllipse(clip, [0.3, 0.4, 0.15, 0.2]), prompts: [] }],
				segments: [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex: frames - 1 }],
			},
		],
		pictureAt: (frameIndex) => Promise.resolve(seededFrame(clip, frameIndex)),
	},
	new AbortController().signal,
);
for await (const _ of run) {
	// Only what stays in memory is of interest.
}
globalThis.gc!();
console.log(process.memoryUsage().rss / 2 ** 20);
await tracker.dispose();
