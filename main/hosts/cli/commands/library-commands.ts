import type { Command } from 'commander';
import type { ModelInfo, ModelLibraryInfo, OfficialCheckpoint } from '../../../../preload/contract/model.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import type { Studio } from '../studio.ts';
import { modelLine } from './model-line.ts';
import type { RunCommand } from './options.ts';

/** `models get`, `rename`, `space`, `free` and `clean`: official checkpoints, names, and what takes space. */
export function addLibraryCommands(models: Command, run: RunCommand): void {
	models
		.command('get')
		.description('Fetches an official checkpoint and makes a model of it; goes on where an earlier time broke off')
		.argument('<id>', 'as `models list --available` tells it')
		.option('--as <id>', 'what to call the model (default: the same)')
		.action((catalogueId: string, options: { as?: string }) =>
			run((studio) => getModel(studio, { catalogueId, ...(options.as ? { modelId: options.as } : {}) })),
		);
	models
		.command('rename')
		.description('Gives a model another name for people; its id, which projects and scripts use, stays')
		.argument('<id>', 'as `models list` tells it')
		.argument('[name]', "the name (left out: its network's own again)")
		.action((modelId: string, name: string | undefined) =>
			run(async (studio) => {
				await studio.client.model.rename({ modelId, name: name ?? null });
				const renamed = (await studio.client.model.list()).find((model) => model.modelId === modelId)!;
				studio.output.result(renamed, modelLine(renamed));
			}),
		);
	models
		.command('space')
		.description('Tells how much of the disk models, their weights files and broken downloads take')
		.action(() =>
			run(async (studio) => {
				const library = await studio.client.model.library();
				studio.output.result({ folder: library.folder, ...library.space }, spaceText(library));
			}),
		);
	models
		.command('free')
		.description('Deletes the weights file that was fetched for a model; the model works on without it')
		.argument('<id>', 'as `models list` tells it')
		.action((modelId: string) =>
			run(async (studio) => {
				const freed = await studio.client.model.freeWeights({ modelId });
				studio.output.result(freed, `${mebibytes(freed.freedBytes)} were freed`);
			}),
		);
	models
		.command('clean')
		.description('Deletes what has come of broken downloads')
		.argument('[id]', 'of this checkpoint alone')
		.action((catalogueId: string | undefined) =>
			run(async (studio) => {
				const freed = await studio.client.model.dropDownload(catalogueId === undefined ? {} : { catalogueId });
				studio.output.result(freed, `${mebibytes(freed.freedBytes)} were freed`);
			}),
		);
}

/** The official checkpoints, one a line, with what there is of each. */
export async function listAvailable(studio: Studio): Promise<void> {
	const { official } = await studio.client.model.library();
	studio.output.result(official, official.map(availableLine).join('\n'));
}

async function getModel(studio: Studio, request: { catalogueId: string; modelId?: string }): Promise<void> {
	const { result, isCancelled } = await studio.run<ModelInfo>(() => studio.client.model.get(request));
	if (isCancelled) {
		studio.output.note(`To go on: masklet models get ${request.catalogueId}`);
		throw new StudioError('request.cancelled');
	}
	studio.output.result(result, modelLine(result));
}

function availableLine(checkpoint: OfficialCheckpoint): string {
	const { catalogueId, name, approximateBytes, licence, accuracy, modelId, partial } = checkpoint;
	const there =
		modelId !== null
			? `here as ${modelId}`
			: partial !== null
				? `${mebibytes(partial.receivedBytes)} have come`
				: 'not here';
	const scores = accuracy
		? `J&F ${accuracy.savTest} SA-V test, ${accuracy.moseVal} MOSE, ${accuracy.lvosV2Val} LVOS v2`
		: 'no published accuracy';
	return `${catalogueId.padEnd(20)}  ${name}, ${mebibytes(approximateBytes)}, ${licence}, ${scores}; ${there}`;
}

function spaceText({ folder, models, official, space }: ModelLibraryInfo): string {
	const lines = models
		.filter((model) => model.sizeBytes > 0)
		.map(({ modelId, sizeBytes, weights }) => {
			const kept = weights && weights.keptBytes > 0 ? `, its weights file ${mebibytes(weights.keptBytes)}` : '';
			return `${modelId.padEnd(20)}  ${mebibytes(sizeBytes)}${kept}`;
		});
	const partials = official.flatMap(({ catalogueId, partial }) =>
		partial ? [`${catalogueId.padEnd(20)}  ${mebibytes(partial.receivedBytes)} of a broken download`] : [],
	);
	const sum = space.modelsBytes + space.weightsBytes + space.partialBytes;
	const free = space.freeBytes === null ? '' : `, ${mebibytes(space.freeBytes)} free on the disk`;
	return [...lines, ...partials, `${mebibytes(sum)} in all${free}: ${folder}`].join('\n');
}

function mebibytes(bytes: number): string {
	return `${Math.round(bytes / 2 ** 20)} MiB`;
}
