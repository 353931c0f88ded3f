import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createMedia } from '../../main/media/index.ts';
import { openTestDecoder } from '../media/decoder-page.ts';
import { findPython, runPython } from '../python.ts';
import { benchLine, type BenchLine } from './bench-line.ts';

const root = resolve(import.meta.dirname, '../..');
/** The sample (VP9), and a real clip (H.264, 720p) where the shared data is. */
const clips = [join(root, 'resources/sample/sample.mp4'), resolve(root, '../shared/data/clips/dog.mp4')];
const sequentialFrames = 100;
const randomFrames = [70, 11, 93, 35, 58, 2, 81, 47];

/** The same frames through OpenCV's reader (FFmpeg): milliseconds a frame, one after the other and at random. */
const peerScript = `
import json, sys, time, cv2
clip, count, wanted = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
reader = cv2.VideoCapture(clip)
reader.read()
start = time.perf_counter()
for _ in range(1, count):
    reader.read()
sequential = (time.perf_counter() - start) * 1000 / (count - 1)
start = time.perf_counter()
for frame in wanted:
    reader.set(cv2.CAP_PROP_POS_FRAMES, frame)
    reader.read()
print(json.dumps({"sequential": sequential, "random": (time.perf_counter() - start) * 1000 / len(wanted)}))
`;

/** Decode to RGB in our hands, one frame after the other and at random, beside OpenCV's reader. */
export async function* bench(): AsyncGenerator<BenchLine> {
	const python = findPython(['cv2']);
	const note =
		python === null ? 'no Python with OpenCV here' : "beside OpenCV's VideoCapture; RGB pixels on both sides";
	for (const clip of clips.filter((path) => existsSync(path))) {
		const inOrder = Array.from({ length: sequentialFrames - 1 }, (_, index) => index + 1);
		const sequential = await millisEach(clip, inOrder);
		const random = await millisEach(clip, randomFrames);
		const args = [clip, String(sequentialFrames), JSON.stringify(randomFrames)];
		const peer =
			python === null
				? null
				: (JSON.parse(runPython(python, peerScript, { args })) as { sequential: number; random: number });
		const name = basename(clip);
		yield benchLine({ name: `Decode in order, ${name}`, ours: sequential, peer: peer?.sequential ?? null, note });
		yield benchLine({ name: `Decode at random, ${name}`, ours: random, peer: peer?.random ?? null, note });
	}
}

const quietLog = { info() {}, warn() {}, debug() {} };

/** Opened anew, so that nothing is in a cache; opening and the first frame are not counted, on either side. */
async function millisEach(clip: string, frames: readonly number[]): Promise<number> {
	const media = createMedia({ openDecoder: openTestDecoder(), cacheBytes: 1 << 27, log: quietLog });
	const source = await media.open(clip);
	await source.picture(0);
	const started = performance.now();
	for (const frameIndex of frames) {
		await source.picture(frameIndex);
	}
	const millis = (performance.now() - started) / frames.length;
	await media.close();
	return millis;
}
