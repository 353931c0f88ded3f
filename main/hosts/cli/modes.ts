import { InvalidArgumentError } from 'commander';
import { defaultModes, modeNames, modeTable, parseMode, type ModelModes } from '../../../preload/common/model-modes.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { Studio } from './studio.ts';

/** A word of `--mode` or `models modes`, added to those before it. */
export function parseModes(text: string, before: Partial<ModelModes> = {}): Partial<ModelModes> {
	const words = text.split(',');
	return words.reduce((modes, word) => {
		const mode = word === 'none' ? defaultModes : parseMode(word);
		if (mode === null) {
			throw new InvalidArgumentError(`modes are ${modeWords().join(', ')}; got "${word}"`);
		}
		return { ...modes, ...mode };
	}, before);
}

export function modesHelp(): string {
	const lines = modeNames.map((name) => {
		const { choices, tip } = modeTable[name];
		return `  ${name}=${choices.map((choice) => choice.value).join('|')}\n      ${tip}`;
	});
	return ['Tells or changes how a model runs on this machine. Modes are quicker and change the masks:', ...lines].join(
		'\n',
	);
}

/** Waits until graphs that a mode needs are made. */
export async function setModes(
	studio: Studio,
	request: { modelId: string; modes: Partial<ModelModes>; isLasting: boolean },
): Promise<void> {
	const { isCancelled } = await studio.run(() => studio.client.model.setModes(request));
	if (isCancelled) {
		throw new StudioError('request.cancelled');
	}
}

function modeWords(): string[] {
	return modeNames.flatMap((name) => modeTable[name].choices.map((choice) => `${name}=${choice.value}`));
}
