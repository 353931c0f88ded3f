/**
 * Makes the sample: `node resources/sample/render.ts [--truth]`. Renders 120 frames (some minutes of all cores), encodes
 * them to sample.mp4 and writes ground-truth.json; with --truth the ground truth alone. Frames are kept in
 * .cache/sample-frames, so that an interrupted run goes on; delete that folder after a change of the scene.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeClip } from './encode.ts';
import { truthJson } from './ground-truth.ts';
import { renderFrames } from './render-frames.ts';
import { clip } from './scene.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const frameFolder = join(here, '..', '..', '.cache', 'sample-frames');

const truth = await truthJson();
await writeFile(join(here, 'ground-truth.json'), truth);
console.log(`ground-truth.json: ${truth.length} bytes`);

if (!process.argv.includes('--truth')) {
	await renderFrames(frameFolder, (doneCount) => {
		if (doneCount % 10 === 0) {
			console.log(`rendered ${doneCount} of ${clip.frameCount}`);
		}
	});
	const encoded = await encodeClip(frameFolder);
	await writeFile(join(here, 'sample.mp4'), encoded);
	console.log(`sample.mp4: ${encoded.length} bytes`);
}
