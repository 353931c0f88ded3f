import { expect, test } from 'vitest';
import type { ModelLibraryInfo, OfficialCheckpoint, OwnedModel } from '../../../preload/contract/model.ts';
import type { JobInfo } from '../../../preload/contract/job.ts';
import {
	idOfFile,
	jobOfRow,
	modelGroups,
	partialText,
	removedBytes,
	speedText,
} from '../../../renderer/state/model-rows.ts';

const weights = { path: '/home/a/data/weights/tiny.pt', isThere: true, keptBytes: 156_000_000, sha256: 'ab' };
const builtin: OwnedModel = {
	...{ modelId: 'builtin-basic', name: 'Built-in (basic)', sizeBytes: 0, device: 'CPU', licence: 'Apache-2.0' },
	...{ millisPerFrame: 84.4, origin: 'builtin', catalogueId: null, network: 'Built-in (basic)', weights: null },
	needsWeights: false,
};
const tiny: OwnedModel = {
	...builtin,
	...{ modelId: 'sam2.1-tiny', name: 'SAM 2.1 tiny', sizeBytes: 150_000_000, millisPerFrame: null, weights },
	...{ origin: 'official', catalogueId: 'sam2.1-tiny', network: 'SAM 2.1 tiny' },
};
const tuned: OwnedModel = {
	...{ ...tiny, modelId: 'dogs', name: 'dogs (SAM 2.1 tiny)', origin: 'added', catalogueId: null },
	weights: { ...weights, path: 'C:\\weights\\dogs.pt', keptBytes: 0 },
};
const official = (catalogueId: string, change: Partial<OfficialCheckpoint> = {}): OfficialCheckpoint => ({
	...{ catalogueId, name: `SAM ${catalogueId.slice(3).replace('-', ' ')}`, url: 'https://host/a.pt' },
	...{ approximateBytes: 156_200_000, parametersMillions: 38.9, licence: 'Apache-2.0', path: '/w/a.pt' },
	accuracy: { savTest: 76.5, moseVal: 71.8, lvosV2Val: 77.3 },
	...{ modelId: null, partial: null, isFileThere: false, jobId: null },
	...change,
});

function library(models: OwnedModel[], checkpoints: OfficialCheckpoint[]): ModelLibraryInfo {
	const space = { modelsBytes: 0, weightsBytes: 0, partialBytes: 0, freeBytes: null };
	return { folder: '/models', accuracySource: 'https://host/table', models, official: checkpoints, space };
}

const lines = (shown: ModelLibraryInfo) =>
	modelGroups(shown).map(({ rows }) => rows.map(({ key, name, facts, size }) => `${key}: ${name}, ${facts}, ${size}`));

test('a checkpoint keeps its row when it is fetched, renamed and removed; own models stand first', () => {
	const checkpoints = [official('sam2.1-tiny', { modelId: 'sam2.1-tiny' }), official('sam2.1-small')];
	expect(lines(library([builtin, tuned, tiny], checkpoints))).toEqual([
		[
			'model builtin-basic: Built-in (basic), ships with Masklet · Apache-2.0, ',
			'model dogs: dogs (SAM 2.1 tiny), dogs · SAM 2.1 tiny · from dogs.pt, 150 MB',
		],
		[
			'official sam2.1-tiny: SAM 2.1 tiny, sam2.1-tiny · 38.9 M parameters · Apache-2.0, 306 MB',
			'official sam2.1-small: SAM 2.1 small, sam2.1-small · 38.9 M parameters · Apache-2.0, ≈ 156 MB',
		],
	]);
	const renamed = { ...tiny, name: 'Quick' };
	expect(lines(library([builtin, renamed], checkpoints))[1]![0]).toBe(
		'official sam2.1-tiny: Quick, SAM 2.1 tiny · sam2.1-tiny · 38.9 M parameters · Apache-2.0, 306 MB',
	);
	expect(lines(library([builtin], [official('sam2.1-tiny')]))[1]).toEqual([
		'official sam2.1-tiny: SAM 2.1 tiny, sam2.1-tiny · 38.9 M parameters · Apache-2.0, ≈ 156 MB',
	]);
});

test('a row tells its job, what has come, its speed here, and what removing it gives back', () => {
	const [own, published] = modelGroups(
		library(
			[builtin, tiny],
			[official('sam2.1-tiny', { modelId: 'sam2.1-tiny' }), official('sam2-tiny', { jobId: 7 })],
		),
	);
	const [here, coming] = published!.rows;
	const job = { jobId: 7, state: 'running' } as JobInfo;
	expect(jobOfRow(coming!, [{ ...job, jobId: 6 }, job])).toBe(job);
	expect(jobOfRow(coming!, [{ ...job, state: 'done' }])).toBeNull();
	expect(jobOfRow(here!, [job])).toBeNull();
	expect([own!.rows[0]!, here!, coming!].map(speedText)).toEqual(['84 ms', '–', '']);
	const partial = { receivedBytes: 61_200_000, totalBytes: null };
	expect(partialText(official('sam2-tiny', { partial }))).toBe('61.2 MB of 156 MB have come');
	expect(partialText(official('sam2-tiny'))).toBeNull();
	expect([tiny, tuned].map(removedBytes)).toEqual([306_000_000, 150_000_000]);
});

test("a file of one's own is called after itself, under an id that is free", () => {
	expect(idOfFile('/w/street dogs (3).pt', [])).toBe('street-dogs-3');
	expect(idOfFile('C:\\w\\Dogs.safetensors', ['dogs', 'dogs-2'])).toBe('Dogs-3');
	expect(idOfFile('/w/__.pt', [])).toBe('model');
	expect(idOfFile('/w/sam2.1_hiera_tiny.pt', [])).toBeNull();
});
