import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { ModelInfo } from '../../../../preload/contract/model.ts';
import { StudioError } from '../../../../preload/common/studio-error.ts';
import type { Studio } from '../studio.ts';
import { addBenchCommand } from './device-commands.ts';
import type { RunCommand } from './options.ts';

/** `models list`, `models add` and `models remove`. */
export function addModelCommands(program: Command, run: RunCommand): Command {
	const models = program.command('models').description('Lists, adds and removes models');
	models
		.command('list')
		.description('Tells the models that can be used')
		.action(() => run(listModels));
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
		.command('remove')
		.description('Removes a model that was added; its weights file is left alone')
		.argument('<id>', 'as `models list` tells it')
		.action((modelId: string) =>
			run(async (studio) => {
				await studio.client.model.remove({ modelId });
				studio.output.result({ removed: modelId }, `${modelId} was removed`);
			}),
		);
	addBenchCommand(models, run);
	return models;
}

async function listModels(studio: Studio): Promise<void> {
	const models = await studio.client.model.list();
	studio.output.result(models, models.map(lineOf).join('\n'));
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
	studio.output.result(result, lineOf(result));
}

function lineOf(model: ModelInfo): string {
	const size = model.sizeBytes === 0 ? 'ships with Masklet' : `${Math.round(model.sizeBytes / 2 ** 20)} MiB`;
	return `${model.modelId.padEnd(20)}  ${model.name}, ${model.device}, ${size}`;
}

function parseImageSize(text: string): 1024 | 512 {
	if (text !== '1024' && text !== '512') {
		throw new InvalidArgumentError(`the size is 1024 or 512; got "${text}"`);
	}
	return text === '512' ? 512 : 1024;
}
