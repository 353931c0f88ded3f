import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { rleArea, rleFromString } from '../../../preload/common/rle.ts';
import { commandLine } from './run-command.ts';

const data = resolve(import.meta.dirname, '../../../../shared/data');
const folder = mkdtempSync(join(tmpdir(), 'masklet-real-'));
const { masklet } = commandLine(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Sav = { video_frame_count: number; masklet: { size: [number, number]; counts: string }[][] };

/** Frames carried in each story; all of them take minutes. `MASKLET_FRAMES` asks for more. */
const frames = Number(process.env.MASKLET_FRAMES ?? 12);

const clips = [
	{ name: 'dog', frameCount: 289, box: '500,150,800,600' },
	{ name: 'juggle', frameCount: 247, box: '500,100,800,600' },
];

test.skipIf(!existsSync(join(data, 'clips'))).for(clips)(
	'annotate a real clip: $name (skipped without the shared data)',
	async ({ name, frameCount, box }) => {
		const out = join(folder, name);
		const clip = join(data, 'clips', `${name}.mp4`);
		const ran = await masklet('annotate', clip, '--box', box, '--range', `0:${frames}`, '--out', out, '--json');
		expect(ran).toMatchObject({ code: 0 });
		expect(JSON.parse(ran.out)).toMatchObject({ frameCount: frames - 1 });
		const sav = JSON.parse(readFileSync(join(out, `${name}_manual.json`), 'utf8')) as Sav;
		expect(sav.masklet).toHaveLength(frameCount);
		const [mask] = sav.masklet[frames - 1]!;
		expect(mask!.size).toEqual([720, 1280]);
		expect(rleArea(rleFromString({ width: 1280, height: 720 }, mask!.counts))).toBeGreaterThan(0);
	},
);

test.skipIf(!existsSync(join(data, 'davis'))).for(['blackswan', 'dog'])(
	'a folder of frames from its first true mask: DAVIS %s (skipped without the shared data)',
	async (name) => {
		const out = join(folder, 'davis');
		const pictures = join(data, 'davis/JPEGImages/480p', name);
		const truth = join(data, 'davis/Annotations/480p');
		const first = join(truth, name, '00000.png');
		const range = `0:${frames}`;
		const ran = await masklet(
			'annotate',
			pictures,
			'--mask',
			first,
			'--range',
			range,
			'--out',
			out,
			'--format',
			'coco',
		);
		expect(ran).toMatchObject({ code: 0 });
		const result = join(out, `${name}_coco.json`);
		const scored = await masklet('eval', '--reference', truth, '--result', result, '--video', name, '--json');
		const scores = JSON.parse(scored.out) as { j: number; f: number; frameCount: number };
		expect(scores.frameCount).toBeGreaterThanOrEqual(frames - 2);
		expect(scores.j).toBeGreaterThan(0.6);
		expect(scores.f).toBeGreaterThan(0.5);
	},
);
