import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileModel, ensureCompiled, readManifest } from '../../../main/inference/compile.ts';
import { createInference } from '../../../main/inference/inference.ts';
import { maskFromBytes } from '../../../main/inference/mask-bytes.ts';
import { openSam2Tracker } from '../../../main/inference/open-sam2.ts';
import type { TrackAnswer } from '../../../main/inference/protocol.ts';
import { spawnInferenceProcess } from '../../../main/inference/spawn-process.ts';
import type { Anchor, TrackedMask, TrackRequest } from '../../../models/predict/tracker.ts';
import { miniatureConfig } from '../../../models/sam2/config.ts';
import type { Prompt } from '../../../preload/common/prompt.ts';
import { decodeRle, encodeRle, rleFromString } from '../../../preload/common/rle.ts';
import { readGolden, spec } from '../../parity/golden.ts';
import { overlap } from '../../parity/overlap.ts';
import { seededEllipse, seededFrame } from '../../parity/seeded-clip.ts';
import { seededTensors } from '../../parity/seeded-weights.ts';
import { torchFile } from '../../models/weights/torch-file.ts';

const name = 'miniature-2.1';
const parity = spec.configs[name]!;
const golden = readGolden(name);
const { signal } = new AbortController();
let home = '';
let source = '';

beforeAll(() => {
	home = mkdtempSync(join(tmpdir(), 'masklet-models-'));
	source = join(home, 'weights.pt');
	writeFileSync(source, torchFile(new Map(seededTensors(miniatureConfig('2.1'), parity))));
});
afterAll(() => {
	rmSync(home, { recursive: true, force: true });
});

describe('a weights file becomes a model', () => {
	it('whole or not at all, with progress, and again when the compiler is newer', async () => {
		const folder = join(home, 'whole');
		const shares: number[] = [];
		const manifest = await compileModel({
			source,
			outFolder: folder,
			onProgress: (share) => shares.push(share),
			signal,
		});
		expect(shares.at(-1)).toBe(1);
		expect(shares).toEqual([...shares].sort((one, other) => one - other));
		expect(manifest).toMatchObject({ size: 'miniature', version: '2.1', imageSize: 128 });
		expect(manifest.source.sha256).toMatch(/^[0-9a-f]{64}$/);
		expect(await readManifest(folder)).toEqual(manifest);
		expect(readdirSync(home).sort()).toEqual(['weights.pt', 'whole']);

		const abort = new AbortController();
		const aborted = compileModel({
			source,
			outFolder: folder,
			onProgress: (share) => share > 0.7 && abort.abort(),
			signal: abort.signal,
		});
		await expect(aborted).rejects.toThrow('aborted');
		expect(await readManifest(folder)).toEqual(manifest);
		expect(readdirSync(home).sort()).toEqual(['weights.pt', 'whole']);

		const older = JSON.stringify({ ...manifest, compilerVersion: 0 });
		writeFileSync(join(folder, 'model.json'), older);
		await expect(openSam2Tracker({ folder })).rejects.toMatchObject({ code: 'model.outdated' });
		expect(await ensureCompiled({ folder, signal })).toEqual(manifest);
		writeFileSync(join(folder, 'model.json'), older.replace('weights.pt', 'moved.pt'));
		await expect(ensureCompiled({ folder, signal })).rejects.toMatchObject({ code: 'model.sourceGone' });

		await compileModel({ source, outFolder: folder, signal });
		truncateSync(join(folder, 'mask-decoder.data'), statSync(join(folder, 'mask-decoder.data')).size - 1);
		await expect(openSam2Tracker({ folder })).rejects.toMatchObject({ code: 'model.notCompiled' });
		await expect(openSam2Tracker({ folder: join(home, 'nothing') })).rejects.toMatchObject({
			code: 'model.notCompiled',
		});
		await expect(compileModel({ source: join(home, 'none.pt'), outFolder: folder, signal })).rejects.toMatchObject({
			code: 'file.notFound',
		});
		const bytes = readFileSync(source);
		writeFileSync(join(home, 'half.pt'), bytes.subarray(0, bytes.length >> 1));
		const half = compileModel({ source: join(home, 'half.pt'), outFolder: join(home, 'half'), signal });
		await expect(half).rejects.toMatchObject({ code: 'weights.truncated' });
		expect(readdirSync(home).sort()).toEqual(['half.pt', 'weights.pt', 'whole']);
	});
});

describe('a compiled model is a tracker', () => {
	const click: Prompt = { kind: 'point', x: 0.3 * parity.width, y: 0.4 * parity.height, isPositive: true };

	it('gives the masks of the reference, through prompts, anchors and segments', async () => {
		const folder = join(home, 'tracker');
		await compileModel({ source, outFolder: folder, signal });
		const tracker = await openSam2Tracker({ folder, fillHoleArea: 0, featurePrecision: 'single' });
		const asked: number[] = [];
		const request = (part: Pick<TrackRequest, 'direction' | 'objects'>): TrackRequest => ({
			...part,
			frameCount: parity.frames,
			width: parity.width,
			height: parity.height,
			videoKey: 'clip',
			pictureAt: (frameIndex) => {
				asked.push(frameIndex);
				return Promise.resolve(seededFrame(parity, frameIndex));
			},
		});
		const maskOf = (scenario: string, step: number, frame: number) => {
			const entry = golden.scenarios[scenario]![step]!.find((other) => other.frame === frame)!;
			return decodeRle(rleFromString(parity, entry.mask));
		};

		const picture = seededFrame(parity, 0);
		const first = await tracker.prompt({ picture, prompts: [click], pictureKey: 'clip:0' }, signal);
		expect(first.mask).toEqual(maskOf('one-click', 0, 0));
		expect(first.candidates).toHaveLength(2);
		const clicks: Prompt[] = [
			click,
			{ kind: 'point', x: 0.25 * parity.width, y: 0.5 * parity.height, isPositive: true },
			{ kind: 'point', x: 0.6 * parity.width, y: 0.2 * parity.height, isPositive: false },
		];
		const third = await tracker.prompt({ picture, prompts: clicks, pictureKey: 'clip:0' }, signal);
		expect(third.mask).toEqual(maskOf('three-clicks', 2, 0));
		const box: Prompt = {
			kind: 'box',
			x0: 0.15 * parity.width,
			y0: 0.2 * parity.height,
			x1: 0.45 * parity.width,
			y1: 0.6 * parity.height,
		};
		const boxed = await tracker.prompt({ picture, prompts: [box], pictureKey: 'clip:0' }, signal);
		expect(boxed.mask).toEqual(maskOf('box', 0, 0));

		const anchor: Anchor = { frameIndex: 0, mask: first.mask, prompts: [click] };
		const segments = [{ anchorFrameIndex: 0, firstFrameIndex: 3, lastFrameIndex: 9 }];
		const objects = [{ trackId: 5, anchors: [anchor], segments }];
		const tracked: TrackedMask[] = [];
		for await (const result of tracker.track(request({ direction: 'forward', objects }), signal)) {
			tracked.push(result);
		}
		expect(tracked.map(({ frameIndex }) => frameIndex)).toEqual([3, 4, 5, 6, 7, 8, 9]);
		for (const { frameIndex, mask, presence, trackId } of tracked) {
			expect(overlap(mask.data, maskOf('one-click', 1, frameIndex).data)).toBeGreaterThanOrEqual(0.995);
			expect([presence, trackId]).toEqual(['visible', 5]);
		}
		// Frame 0 was encoded by the prompt; every other frame was asked for once.
		expect(asked).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);

		// A painted mask conditions as given, an empty one says absent; more anchors than a frame attends to are fine.
		const painted = seededEllipse(parity, [0.3, 0.4, 0.15, 0.2]);
		const given: Prompt = { kind: 'mask', mask: encodeRle(painted), origin: 'given' };
		expect((await tracker.prompt({ picture, prompts: [given], pictureKey: 'clip:0' }, signal)).mask).toEqual(painted);
		const anchors: Anchor[] = [0, 2, 4, 6, 8, 10].map((frameIndex) => ({ frameIndex, mask: painted, prompts: [] }));
		anchors[5]!.mask = seededEllipse(parity, [-1, -1, 0, 0]);
		const backward = [{ anchorFrameIndex: 10, firstFrameIndex: 9, lastFrameIndex: 9 }];
		const both = request({
			direction: 'backward',
			objects: [
				{ trackId: 1, anchors, segments: backward },
				{
					trackId: 2,
					anchors: anchors.slice(0, 2),
					segments: [{ ...segments[0]!, anchorFrameIndex: 2, firstFrameIndex: 1, lastFrameIndex: 1 }],
				},
			],
		});
		const frames: number[][] = [];
		for await (const { trackId, frameIndex } of tracker.track(both, signal)) {
			frames.push([trackId, frameIndex]);
		}
		expect(frames).toEqual([
			[1, 9],
			[2, 1],
		]);

		const abort = new AbortController();
		const run = tracker.track(request({ direction: 'forward', objects }), abort.signal);
		await run.next();
		abort.abort();
		await expect(run.next()).rejects.toThrow('aborted');
		await tracker.dispose();
	});
});

describe('the child process runs a compiled model', () => {
	it('as the tracker does', async () => {
		const folder = join(home, 'child');
		await compileModel({ source, outFolder: folder, signal });
		const size = { width: parity.width, height: parity.height };
		const model = { modelId: 'mine', name: 'Mine', sizeBytes: 1, device: 'CPU', licence: '' };
		const inference = createInference({
			spawn: () => spawnInferenceProcess(new URL('../../../main/inference/child.ts', import.meta.url)),
			pictureAt: (_videoKey, frameIndex) => Promise.resolve(seededFrame(parity, frameIndex)),
			models: () => [{ ...model, source: { kind: 'sam2', folder } }],
			log: { info: () => {}, warn: () => {}, debug: () => {} },
		});
		const tracker = await openSam2Tracker({ folder });
		try {
			const task = { modelId: 'mine', videoKey: 'clip', ...size };
			const prompts = [{ kind: 'point' as const, x: 34, y: 30, isPositive: true }];
			const answer = await inference.prompt({ ...task, frameIndex: 0, prompts }, { signal });
			const picture = seededFrame(parity, 0);
			const expected = await tracker.prompt({ picture, prompts, pictureKey: 'clip:0' }, signal);
			expect(maskFromBytes(size, answer.mask)).toEqual(expected.mask);
			expect(answer.scores).toEqual(expected.scores);

			const segments = [{ anchorFrameIndex: 0, firstFrameIndex: 1, lastFrameIndex: 3 }];
			const place = { direction: 'forward', frameCount: parity.frames } as const;
			const fromChild: TrackAnswer[] = [];
			const anchors = [{ frameIndex: 0, mask: answer.mask, prompts }];
			const run = inference.track({ ...task, ...place, objects: [{ trackId: 1, anchors, segments }] }, { signal });
			for await (const result of run) {
				fromChild.push(result);
			}
			const request: TrackRequest = {
				...task,
				...place,
				objects: [{ trackId: 1, anchors: [{ frameIndex: 0, mask: expected.mask, prompts }], segments }],
				pictureAt: (frameIndex) => Promise.resolve(seededFrame(parity, frameIndex)),
			};
			const fromTracker: TrackedMask[] = [];
			for await (const result of tracker.track(request, signal)) {
				fromTracker.push(result);
			}
			const masks = fromChild.map((result) => ({ ...result, mask: maskFromBytes(size, result.mask) }));
			expect(masks).toEqual(fromTracker);
		} finally {
			await tracker.dispose();
			await inference.close();
		}
	});
});
