import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { ModelInfo } from '../../../../preload/contract/model.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import type { Studio } from '../studio.ts';
import { addLibraryCommands, listAvailable } from './library-commands.ts';
import { modelLine } from './model-line.ts';
import { describeModes, type ModelModes } from '../../../../preload/common/model-modes.ts';
import { modesHelp, parseModes, setModes } from '../modes.ts';
import { addBenchCommand } from './device-commands.ts';
import type { RunCommand } from './options.ts';

/** `models` and what stands under it. */
export function addModelCommands(program: Command, run: RunCommand): Command {
	const models = program.command('models').description('Lists, fetches, adds, renames and removes models');
	models
		.command('list')
		.description('Tells the models that can be used')
		.option('--available', 'the official checkpoints that can be fetched instead, and what there is of each')
		.action((options: { available?: boolean }) => run(options.available ? listAvailable : listModels));
	models
		.command('add')
		.description('Makes a model of a SAM 2 or 2.1 weights file (.pt or .safetensors); the file is read, never run')
		.argument('<file>', 'the weights file')
		.option('--as <id>', 'what to call it (default: its network, such as sam2.1-tiny)')
		.option('--size <pixels>', '1024 (default), or 512: coarser and quicker', parseImageSize)
		.action((file: string, options: { as?: string; size?: 1024 | 512 }) =>
			run((studio) => addModel(studio, { file, ...options })),
		);
	models
		.command('modes')
		.summary('tell or change how a model runs on this machine')
		.description(modesHelp())
		.argument('<id>', 'as `models list` tells it')
		.argument('[modes...]', 'such as int8 or stride=2; "none" turns all of them off', parseModes)
		.action((modelId: string, modes?: Partial<ModelModes>) => run((studio) => tellModes(studio, { modelId, modes })));
	models
		.command('remove')
		.description('Removes a model, and its weights file where it was fetched; a file of your own is left alone')
		.argument('<id>', 'as `models list` tells it')
		.action((modelId: string) =>
			run(async (studio) => {
				await studio.client.model.remove({ modelId });
				studio.output.result({ removed: modelId }, `${modelId} was removed`);
			}),
		);
	addLibraryCommands(models, run);
	addBenchCommand(models, run);
	return models;
}

async function listModels(studio: Studio): Promise<void> {
	const models = await studio.client.model.list();
	studio.output.result(models, models.map(modelLine).join('\n'));
}

async function addModel(studio: Studio, request: { file: string; as?: string; size?: 1024 | 512 }): Promise<void> {
	const { result, isCancelled } = await studio.run<ModelInfo>(() =>
		studio.client.model.add({
			path: resolve(request.file),
			...(request.size === undefined ? {} : { imageSize: request.size }),
			...(request.as === undefined ? {} : { modelId: request.as }),
		}),
	);
	if (isCancelled) {
		throw new StudioError('request.cancelled');
	}
	studio.output.result(result, modelLine(result));
}

async function tellModes(
	studio: Studio,
	request: { modelId: string; modes: Partial<ModelModes> | undefined },
): Promise<void> {
	const { modelId, modes } = request;
	if (modes && Object.keys(modes).length > 0) {
		await setModes(studio, { modelId, modes, isLasting: true });
	}
	const now = await studio.client.model.modes({ modelId });
	studio.output.result(now, `${modelId}: ${describeModes(now.modes)}`);
}

function parseImageSize(text: string): 1024 | 512 {
	if (text !== '1024' && text !== '512') {
		throw new InvalidArgumentError(`the size is 1024 or 512; got "${text}"`);
	}
	return text === '512' ? 512 : 1024;
}
