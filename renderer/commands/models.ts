import type { Contract, ResultOf } from '../../preload/contract/index.ts';
import { idOfFile } from '../state/model-rows.ts';
import type { Studio } from '../state/studio.svelte.ts';
import { sizeText } from '../ui/format.ts';
import { always, type CommandContext, type CommandSet } from './command.ts';
import { pickPaths } from './import-media.ts';

type Added = ResultOf<Contract['model']['add']>;

export function modelCommands({ studio }: CommandContext): CommandSet {
	return {
		'models.open': {
			when: always,
			isOn: () => studio.shelf.isOpen,
			async run() {
				if (studio.video) {
					studio.video.isPlaying = false;
				}
				await studio.shelf.open();
			},
		},
		'models.add': { when: always, run: async () => addModel(studio) },
	};
}

/** Makes a model of a weights file that the person chooses. */
async function addModel(studio: Studio): Promise<void> {
	const [path] = await pickPaths(studio, 'addModel');
	if (path === undefined) {
		return;
	}
	const taken = await studio.client.model.list();
	const modelId = idOfFile(
		path,
		taken.map((model) => model.modelId),
	);
	const request = { path, ...(modelId === null ? {} : { modelId }) };
	tellReady(studio, await studio.jobs.result<Added>(studio.client.model.add(request)));
}

/** Fetches an official checkpoint, or the rest of it. */
export async function getModel(studio: Studio, catalogueId: string): Promise<void> {
	const model = await studio.shelf.get(catalogueId);
	if (model) {
		tellReady(studio, model);
	} else if (!studio.shelf.isOpen && studio.shelf.failures[catalogueId] !== undefined) {
		studio.messages.say('error', studio.shelf.failures[catalogueId]);
	}
}

export async function useModel(studio: Studio, modelId: string): Promise<void> {
	await studio.client.model.choose({ modelId });
}

/** Shows a model's folder; where the host has no file manager, says where it is. */
export async function revealModel(studio: Studio, modelId: string): Promise<void> {
	const { path, isShown } = await studio.client.model.reveal({ modelId });
	if (!isShown) {
		const copy = { label: 'Copy', run: () => void navigator.clipboard.writeText(path) };
		studio.messages.say('info', `It is on the machine that Masklet runs on: ${path}`, copy);
	}
}

export async function freeWeights(studio: Studio, modelId: string): Promise<void> {
	const { freedBytes } = await studio.client.model.freeWeights({ modelId });
	studio.messages.say('info', `${sizeText(freedBytes)} were freed`);
}

/** The page's own row tells where it is open. */
function tellReady(studio: Studio, model: Added): void {
	if (studio.shelf.isOpen) {
		return;
	}
	const canUse = studio.project !== null && !studio.isReadOnly && studio.project.info.modelId !== model.modelId;
	const use = { label: 'Use it', run: () => void studio.messages.attempt(() => useModel(studio, model.modelId)) };
	studio.messages.say('good', `${model.name} can be used`, canUse ? use : null);
}
