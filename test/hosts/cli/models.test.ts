import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { miniatureConfig } from '../../../models/sam2/config.ts';
import { rleIou } from '../../../preload/common/mask-algebra.ts';
import { defaultModes, type ModelModes } from '../../../preload/common/model-modes.ts';
import { rleFromString } from '../../../preload/common/rle.ts';
import { torchFile } from '../../models/weights/torch-file.ts';
import { readGolden, spec } from '../../parity/golden.ts';
import { seededFrame } from '../../parity/seeded-clip.ts';
import { seededTensors } from '../../parity/seeded-weights.ts';
import { findPython } from '../../python.ts';
import { commandLine } from './run-command.ts';

const name = 'miniature-2.1';
const parity = spec.configs[name]!;
const golden = readGolden(name);
const folder = mkdtempSync(join(tmpdir(), 'masklet-cli-models-'));
/** The golden masks are of the reference on a CPU, which leaves holes. */
const { masklet } = commandLine(folder, { MASKLET_HOLE_AREA: '0', MASKLET_FEATURES: 'single' });
const weights = join(folder, 'weights.pt');
const clip = join(folder, 'clip');
/** The click of the parity scenario `one-click`. */
const point = `${0.3 * parity.width},${0.4 * parity.height}`;
const python = findPython(['torch', 'sam2', 'pycocotools']);

beforeAll(() => {
	writeFileSync(weights, torchFile(new Map(seededTensors(miniatureConfig('2.1'), parity))));
	mkdirSync(clip);
	for (let frame = 0; frame < parity.frames; frame++) {
		const { width, height, data } = seededFrame(parity, frame);
		writeFileSync(join(clip, `${frame}.png`), encode({ width, height, data, channels: 3, depth: 8 }));
	}
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Annotates the clip with a model of the golden weights and compares the whole track with the reference's. */
async function carryAsReference(modelId: string): Promise<void> {
	const out = join(folder, `out-${modelId}`);
	const words = ['annotate', clip, '--point', point, '--model', modelId, '--format', 'sav', '--out', out, '--json'];
	expect(await masklet(...words)).toMatchObject({ code: 0 });
	const sav = JSON.parse(readFileSync(join(out, 'clip_manual.json'), 'utf8')) as { masklet: { counts: string }[][] };
	const compared = new Set<number>();
	for (const { frame, mask } of golden.scenarios['one-click']!.flat()) {
		const ours = rleFromString(parity, sav.masklet[frame]![0]!.counts);
		expect(rleIou(ours, rleFromString(parity, mask)), `frame ${frame}`).toBeGreaterThanOrEqual(0.995);
		compared.add(frame);
	}
	expect(compared.size).toBe(parity.frames);
}

/** Modes are off, are kept, and change masks for one run or from now on; the graphs that they need are made once. */
async function runInModes(modelId: string): Promise<void> {
	const tell = async (...modes: string[]) => {
		const { code, out } = await masklet('models', 'modes', modelId, ...modes, '--json');
		expect(code).toBe(0);
		return (JSON.parse(out) as { modes: ModelModes }).modes;
	};
	const carried = async (...words: string[]) => {
		const out = join(folder, 'modes');
		const rest = ['--model', modelId, '--format', 'sav', '--out', out, '--force', ...words];
		expect(await masklet('annotate', clip, '--point', point, '--range', '0:8', ...rest)).toMatchObject({ code: 0 });
		return readFileSync(join(out, 'clip_manual.json'), 'utf8');
	};
	const variants = join(folder, 'home/data/model-variants', modelId);
	expect(await tell()).toEqual(defaultModes);
	const plain = await carried();
	expect(await carried()).toBe(plain);
	const once = await carried('--mode', 'pooled', '--mode', 'int8,stride=2');
	expect(once).not.toBe(plain);
	expect(readdirSync(variants)).toEqual(['int8-pooled']);
	expect(await tell()).toEqual(defaultModes);
	expect(await carried()).toBe(plain);

	expect(await tell('int8', 'pooled', 'stride=2')).toEqual({
		...defaultModes,
		weights: 'int8',
		places: 'pooled',
		stride: '2',
	});
	expect(await carried()).toBe(once);
	expect(await tell('none')).toEqual(defaultModes);
	expect(await carried('--mode', 'memory=1')).not.toBe(plain);
	expect(readdirSync(variants)).toEqual(['int8-pooled']);

	expect(await masklet('models', 'modes', modelId, 'faster')).toMatchObject({
		code: 2,
		error: expect.stringContaining('weights=int8'),
	});
	// Half of the miniature's 128 pixels is no size.
	expect(await masklet('models', 'modes', modelId, 'half')).toMatchObject({ code: 1 });
	renameSync(weights, `${weights}.moved`);
	const gone = await masklet('models', 'modes', modelId, 'int8', '--json');
	expect(JSON.parse(gone.out)).toMatchObject({ error: { code: 'model.weightsGone' } });
	renameSync(`${weights}.moved`, weights);
}

test('a weights file is added, carries masks as the reference does, and is removed', async () => {
	const added = await masklet('models', 'add', weights, '--json');
	expect(added).toMatchObject({ code: 0 });
	const { modelId } = JSON.parse(added.out) as { modelId: string };
	expect(modelId).toBe('sam2.1-miniature-128');
	expect(await masklet('models', 'add', weights)).toMatchObject({ code: 1, error: expect.stringContaining('--as') });
	expect(await masklet('models', 'add', weights, '--as', 'mine')).toMatchObject({ code: 0 });
	const listed = JSON.parse((await masklet('models', 'list', '--json')).out) as { modelId: string }[];
	expect(listed.map((model) => model.modelId)).toEqual(['builtin-basic', 'mine', modelId]);

	await carryAsReference('mine');
	await runInModes('mine');

	expect(await masklet('models', 'remove', 'mine')).toMatchObject({ code: 0 });
	expect(readdirSync(join(folder, 'home/data/model-variants'))).toEqual([]);
	expect(await masklet('models', 'remove', 'mine')).toMatchObject({ code: 1 });
	expect(await masklet('models', 'remove', 'builtin-basic')).toMatchObject({ code: 1 });
	expect(readdirSync(join(folder, 'home/data/models'))).toEqual([modelId]);
	const words = ['annotate', clip, '--point', point, '--model', 'mine', '--out', join(folder, 'gone')];
	const gone = await masklet(...words);
	expect(gone).toMatchObject({ code: 1, error: expect.stringContaining(modelId) });
});

test('what is no checkpoint is refused in a sentence and leaves nothing', async () => {
	const text = join(folder, 'text.pt');
	writeFileSync(text, 'these are no weights');
	const refused = await masklet('models', 'add', text, '--json');
	expect(refused.code).toBe(1);
	expect(JSON.parse(refused.out)).toMatchObject({ error: { code: 'weights.unknownFormat' } });
	writeFileSync(join(folder, 'half.pt'), readFileSync(weights).subarray(0, 100_000));
	expect(await masklet('models', 'add', join(folder, 'half.pt'), '--as', 'half')).toMatchObject({ code: 1 });
	expect(await masklet('models', 'add', join(folder, 'none.pt'))).toMatchObject({ code: 1 });
	expect(await masklet('models', 'add', weights, '--as', '../out')).toMatchObject({ code: 1 });
	expect(readdirSync(join(folder, 'home/data/models')).filter((entry) => !entry.startsWith('sam2'))).toEqual([]);
});

test.skipIf(python === null)('a checkpoint that PyTorch wrote carries whole tracks as the reference does', async () => {
	const written = join(folder, 'torch.pt');
	const script = fileURLToPath(new URL('../../parity/make_golden.py', import.meta.url));
	execFileSync(python!, [script, '--checkpoint', name, written], { stdio: 'ignore', cwd: folder });
	expect(await masklet('models', 'add', written, '--as', 'torch')).toMatchObject({ code: 0 });
	await carryAsReference('torch');
});
