import { Sam2Tracker } from '../../models/predict/sam2-tracker.ts';
import type { ParityConfig } from './golden.ts';
import { networkOf, spec } from './golden.ts';
import { seededEllipse, seededFrame } from './seeded-clip.ts';
import { seededEngine } from './seeded-engine.ts';

/* A part of `npm run parity`: the memory of a long run of the tracker, early and late. */

const frames = Number(process.argv[3] ?? 5000);
const parity: ParityConfig = { ...spec.configs['miniature-2.1']!, frames };
const engine = seededEngine(networkOf('miniature-2.1', parity), { ...parity, folder: process.argv[2]!, threads: 1 });
const tracker = new Sam2Tracker(engine, { featureCacheBytes: 2 ** 20 });
const anchors = [0, 700, 1400].map((frameIndex) => {
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
const mebibytes = () => {
	globalThis.gc?.();
	return Math.round(process.memoryUsage().rss / 2 ** 20);
};
const at: Record<number, number> = {};
for await (const { frameIndex } of run) {
	if (frameIndex === 100 || frameIndex % 1000 === 999) {
		at[frameIndex] = mebibytes();
	}
}
console.log(JSON.stringify(at));
