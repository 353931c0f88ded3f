import type { JobInfo } from '../../preload/contract/job.ts';
import type { ModelLibraryInfo, OfficialCheckpoint, OwnedModel } from '../../preload/contract/model.ts';
import { baseName, sizeText } from '../ui/format.ts';

/** A line of the models page: a model that can be used, an official checkpoint that can be had, or one that is both. */
export type ModelRow = {
	key: string;
	name: string;
	/** "sam2.1-tiny · 38.9 M parameters · Apache-2.0" */
	facts: string;
	/** Of what is here with the weights file that is kept, else as published. */
	size: string;
	sizeTip: string;
	accuracy: OfficialCheckpoint['accuracy'];
	model: OwnedModel | null;
	official: OfficialCheckpoint | null;
};

export type ModelGroup = { title: string; rows: ModelRow[] };

/** Rows keep their place whatever is fetched or removed: first what is not official, then the published list. */
export function modelGroups({ models, official }: ModelLibraryInfo): ModelGroup[] {
	const own = models.filter((model) => !official.some((entry) => entry.modelId === model.modelId));
	return [
		{ title: 'On this machine', rows: own.map(ownRow) },
		{
			title: 'Official checkpoints',
			rows: official.map((entry) => {
				const model = models.find(({ modelId }) => modelId === entry.modelId) ?? null;
				return officialRow(entry, model);
			}),
		},
	];
}

function ownRow(model: OwnedModel): ModelRow {
	const { modelId, name, origin, network, weights, licence } = model;
	const facts =
		origin === 'builtin'
			? ['ships with Masklet', licence]
			: [modelId, name === network ? null : network, weights && `from ${baseName(weights.path)}`];
	return {
		key: `model ${modelId}`,
		name,
		facts: facts.filter((fact) => fact !== null).join(' · '),
		...sizeOf(model),
		accuracy: null,
		model,
		official: null,
	};
}

function officialRow(entry: OfficialCheckpoint, model: OwnedModel | null): ModelRow {
	const { catalogueId, name, parametersMillions, licence, approximateBytes, accuracy } = entry;
	const isRenamed = model !== null && model.name !== name && model.name !== model.network;
	return {
		key: `official ${catalogueId}`,
		name: isRenamed ? model.name : name,
		facts: [isRenamed ? name : null, model?.modelId ?? catalogueId, `${parametersMillions} M parameters`, licence]
			.filter((fact) => fact !== null)
			.join(' · '),
		...(model ? sizeOf(model) : { size: `≈ ${sizeText(approximateBytes)}`, sizeTip: 'To fetch, about' }),
		accuracy,
		model,
		official: entry,
	};
}

function sizeOf(model: OwnedModel): Pick<ModelRow, 'size' | 'sizeTip'> {
	const { sizeBytes, weights } = model;
	if (sizeBytes === 0) {
		return { size: '', sizeTip: '' };
	}
	const kept = weights !== null && weights.keptBytes > 0;
	return {
		size: sizeText(removedBytes(model)),
		sizeTip: kept
			? `The model ${sizeText(sizeBytes)}, and the weights file it was made of ${sizeText(weights.keptBytes)}`
			: 'The model; its weights file is not kept by Masklet',
	};
}

/** The job that works on a row now. */
export function jobOfRow({ official }: ModelRow, jobs: readonly JobInfo[]): JobInfo | null {
	return jobs.find(({ jobId, state }) => jobId === official?.jobId && state === 'running') ?? null;
}

/** What has come of a download: "61.2 MB of 156 MB have come". */
export function partialText({ partial, approximateBytes }: OfficialCheckpoint): string | null {
	return (
		partial && `${sizeText(partial.receivedBytes)} of ${sizeText(partial.totalBytes ?? approximateBytes)} have come`
	);
}

/** "84 ms" a frame, as measured here; a dash before that, nothing for what is not here. */
export function speedText({ model }: ModelRow): string {
	if (model === null) {
		return '';
	}
	return model.millisPerFrame === null ? '–' : `${Math.round(model.millisPerFrame)} ms`;
}

/** Bytes that removing a model gives back. */
export function removedBytes({ sizeBytes, weights }: OwnedModel): number {
	return sizeBytes + (weights?.keptBytes ?? 0);
}

/**
 * The id that a file of one's own gets: its name, so that it is told from the official model of the same network. Null
 * for a file of the publisher's name, which is called as that model is.
 */
export function idOfFile(path: string, takenIds: readonly string[]): string | null {
	const stem = baseName(path).replace(/\.(pt|pth|safetensors)$/i, '');
	if (/^sam2(\.1)?_hiera_/.test(stem)) {
		return null;
	}
	const id = stem.replace(/[^a-z0-9._-]+/gi, '-').replace(/^[^a-z0-9]+|[^a-z0-9]+$/gi, '');
	const wanted = (id === '' ? 'model' : id).slice(0, 56);
	const isTaken = (candidate: string) => takenIds.some((taken) => taken.toLowerCase() === candidate.toLowerCase());
	for (let number = 1; ; number++) {
		const candidate = number === 1 ? wanted : `${wanted}-${number}`;
		if (!isTaken(candidate)) {
			return candidate;
		}
	}
}
