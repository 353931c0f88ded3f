import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, expect, test } from 'vitest';
import { rleIou } from '../../../preload/common/mask-algebra.ts';
import { rleFromString } from '../../../preload/common/rle.ts';
import { commandLine } from './run-command.ts';

const root = resolve(import.meta.dirname, '../../..');
const sample = join(root, 'resources/sample/sample.mp4');
const folder = mkdtempSync(join(tmpdir(), 'masklet-cli-'));
const { start, masklet } = commandLine(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Sav = {
	video_frame_count: number;
	masklet: { size: [number, number]; counts: string }[][];
	masklet_num: number;
	masklet_edited_frame_count: number[];
};
const truth = JSON.parse(readFileSync(join(root, 'resources/sample/ground-truth.json'), 'utf8')) as Sav;

function rleOf(file: Sav, entryIndex: number, object: number) {
	const { size, counts } = file.masklet[entryIndex]![object]!;
	return rleFromString({ width: size[1], height: size[0] }, counts);
}

function boxOf(object: number): string {
	const [height, width] = truth.masklet[0]![object]!.size;
	const { counts } = rleOf(truth, 0, object);
	let [x0, y0, x1, y1] = [width, height, 0, 0];
	let position = 0;
	counts.forEach((run, index) => {
		for (let at = position; index % 2 === 1 && at < position + run; at++) {
			const [x, y] = [Math.floor(at / height), at % height];
			[x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
		}
		position += run;
	});
	return [x0, y0, x1, y1].join(',');
}

test('annotate: the main job in one line, two objects, both formats', async () => {
	const out = join(folder, 'annotate');
	const words = ['annotate', sample, '--box', boxOf(0), '--label', 'first', '--object', '--box', boxOf(1)];
	const ran = await masklet(...words, '--range', '0:12', '--out', out, '--json');
	expect(ran).toMatchObject({ code: 0 });
	expect(JSON.parse(ran.out)).toMatchObject({
		files: [join(out, 'sample_manual.json'), join(out, 'sample_coco.json')],
		frameCount: 22,
		isCancelled: false,
	});
	const sav = JSON.parse(readFileSync(join(out, 'sample_manual.json'), 'utf8')) as Sav;
	expect(sav.masklet_num).toBe(2);
	expect(sav.masklet_edited_frame_count).toEqual([1, 1]);
	expect(sav.masklet).toHaveLength(truth.masklet.length);
	for (const object of [0, 1]) {
		expect(rleIou(rleOf(sav, 6, object), rleOf(truth, 6, object))).toBeGreaterThan(0.5);
	}
	const coco = JSON.parse(readFileSync(join(out, 'sample_coco.json'), 'utf8')) as {
		images: unknown[];
		categories: { name: string }[];
	};
	expect(coco.images).toHaveLength(12);
	expect(coco.categories.map((category) => category.name)).toContain('first');

	// The files are there now: refused before any work, and left as they are.
	const before = readFileSync(join(out, 'sample_coco.json'));
	const again = await masklet(...words, '--range', '0:12', '--out', out);
	expect(again.code).toBe(1);
	expect(again.error).toMatch(/is there already.*--force/);
	expect(readFileSync(join(out, 'sample_coco.json'))).toEqual(before);
	expect(readdirSync(out).sort()).toEqual(['sample_coco.json', 'sample_manual.json']);
});

test('a project step by step: import, prompt, propagate, correct, export, info', async () => {
	const project = join(folder, 'Steps.masklet');
	expect(await masklet('import', project, sample)).toMatchObject({ code: 0 });
	const [x0, y0, x1, y1] = boxOf(0).split(',').map(Number) as [number, number, number, number];
	const prompted = await masklet('prompt', project, '--box', boxOf(0), '--label', 'thing', '--json');
	expect(JSON.parse(prompted.out)).toMatchObject([{ track: 'thing 1', frameIndex: 0 }]);
	expect(await masklet('propagate', project, '--range', ':10')).toMatchObject({ code: 0 });
	const centre = `${(x0 + x1) / 2},${(y0 + y1) / 2}`;
	const corrected = await masklet('prompt', project, '--track', 'thing 1', '--frame', '6', '--point', centre);
	expect(corrected).toMatchObject({ code: 0 });
	const info = JSON.parse((await masklet('info', project, '--json')).out) as { videos: unknown[] };
	expect(info).toMatchObject({ name: 'Steps', videos: [{ name: 'sample.mp4', tracks: [{ name: 'thing 1' }] }] });
	const out = join(folder, 'steps');
	const strict = await masklet('export', project, '--format', 'sav', '--out', out, '--strict');
	expect(strict).toMatchObject({ code: 1 });
	expect(existsSync(join(out, 'sample_manual.json'))).toBe(false);
	const exported = await masklet(
		'export',
		project,
		'--format',
		'sav,coco',
		'--out',
		out,
		'--every',
		'4',
		'--frames',
		'jpg',
	);
	expect(exported).toMatchObject({ code: 0 });
	expect(exported.error).toMatch(/never annotated/);
	const sav = JSON.parse(readFileSync(join(out, 'sample_manual.json'), 'utf8')) as Sav;
	expect(sav.masklet).toHaveLength(Math.ceil(truth.masklet.length / 4));
	expect(readdirSync(join(out, 'sample'))).toHaveLength(Math.ceil(truth.masklet.length / 4));
});

test('an import of which a part fails says which, keeps the rest, and ends with 1', async () => {
	const project = join(folder, 'Part.masklet');
	const ran = await masklet('import', project, sample, join(folder, 'gone.mp4'), '--json');
	expect(ran.code).toBe(1);
	expect(JSON.parse(ran.out)).toMatchObject([{ name: 'sample.mp4' }]);
	expect(ran.error).toMatch(/gone\.mp4[^]*One file was not imported/);
	writeFileSync(join(folder, 'file'), '');
	await masklet('prompt', project, '--point', '300,200');
	const refused = await masklet('export', project, '--format', 'coco', '--out', join(folder, 'file/deeper'));
	expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('it is a file, not a folder') });
});

test('info and frame read a video without a project', async () => {
	const info = JSON.parse((await masklet('info', sample, '--json')).out) as { frameCount: number };
	expect(info.frameCount).toBe(truth.masklet.length);
	const out = join(folder, 'frame.png');
	expect(await masklet('frame', sample, '7', '--out', out)).toMatchObject({ code: 0, out: `${out}\n` });
	const picture = decode(readFileSync(out));
	expect([picture.height, picture.width]).toEqual(truth.masklet[0]![0]!.size);
	expect(await masklet('frame', sample, '100000', '--out', join(folder, 'x.png'))).toMatchObject({ code: 1 });
});

test('eval compares an annotation with the truth', async () => {
	const reference = join(root, 'resources/sample/ground-truth.json');
	const result = join(folder, 'annotate');
	const ran = await masklet('eval', '--reference', reference, '--result', reference, '--json');
	expect(JSON.parse(ran.out)).toMatchObject({ j: 1, f: 1, jAndF: 1, frameCount: truth.masklet.length - 2 });
	const own = await masklet('eval', '--reference', reference, '--result', result);
	expect(own).toMatchObject({ code: 0 });
	expect(own.out).toMatch(/J&F[^]*mean +0\.\d{3}/);
	expect(await masklet('eval', '--reference', join(folder, 'none'), '--result', result)).toMatchObject({ code: 1 });
});

test('wrong command lines and broken files end in a sentence and a code', async () => {
	expect(await masklet('annotate', sample, '--out', folder)).toMatchObject({ code: 2, out: '' });
	expect(await masklet('annotate', sample, '--point', '1', '--out', folder)).toMatchObject({ code: 2 });
	expect(await masklet('nonsense')).toMatchObject({ code: 2 });
	expect(await masklet('--help')).toMatchObject({ code: 0 });
	const text = join(folder, 'text.mp4');
	writeFileSync(text, 'this is not a video\n');
	const ran = await masklet('annotate', text, '--point', '1,1', '--out', join(folder, 'none'), '--json');
	expect(ran.code).toBe(1);
	expect(JSON.parse(ran.out)).toMatchObject({ error: { code: expect.stringMatching(/^media\./) } });
	expect(existsSync(join(folder, 'none'))).toBe(false);
	// A place that cannot be: no stack, but a sentence.
	const nowhere = await masklet('frame', sample, '3', '--out', join(folder, 'none', 'frame.png'), '--json');
	expect(nowhere.code).toBe(1);
	expect(JSON.parse(nowhere.out)).toMatchObject({ error: { code: 'file.notFound' } });
	const inFile = await masklet('import', join(text, 'Under.masklet'), sample, '--json');
	expect(inFile.code).toBe(1);
	expect(JSON.parse(inFile.out)).toMatchObject({ error: { code: expect.stringMatching(/^file\./) } });
});

test.skipIf(process.platform === 'win32')('Ctrl-C leaves what is done', async () => {
	const project = join(folder, 'Interrupted.masklet');
	await masklet('import', project, sample);
	await masklet('prompt', project, '--box', boxOf(0), '--name', 'it');
	const { child, ended } = start(['propagate', project]);
	const drawn = new Promise<void>((done) => child.stderr!.on('data', (chunk) => String(chunk).includes('%') && done()));
	await drawn;
	child.kill('SIGINT');
	const ran = await ended;
	expect(ran.code).toBe(130);
	const info = JSON.parse((await masklet('info', project, '--json')).out) as { trackCount: number };
	expect(info.trackCount).toBe(1);
});
