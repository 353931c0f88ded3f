import { commandEntry, commandIds, type CommandId } from '../../preload/contract/commands.ts';
import { assert } from '../../preload/common/assert.ts';
import { always, type Command, type CommandContext } from './command.ts';
import { editCommands } from './edit.ts';
import { fileCommands } from './file.ts';
import { goCommands } from './go.ts';
import { defaultKeyMap, keyLabel } from './keys.ts';
import { maskCommands } from './mask.ts';
import { objectCommands } from './object.ts';
import { toolCommands } from './tool.ts';
import { viewCommands } from './view.ts';

/** Every command, called alike by menu, keys, palette, buttons and tests. */
export class Commands {
	readonly keyMap: ReadonlyMap<string, CommandId> = defaultKeyMap();
	readonly isMac: boolean;
	readonly #context: CommandContext;
	readonly #commands: ReadonlyMap<CommandId, Command>;

	constructor(context: CommandContext, options: { isMac: boolean }) {
		this.#context = context;
		this.isMac = options.isMac;
		const all = {
			...fileCommands(context),
			...editCommands(context),
			...viewCommands(context),
			...goCommands(context),
			...toolCommands(context),
			...objectCommands(context),
			...maskCommands(context),
			...helpCommands(context),
		};
		this.#commands = new Map(
			commandIds.map((id) => {
				const command = all[id];
				assert(command, `the command ${id} does nothing`);
				return [id, command];
			}),
		);
	}

	canRun(id: CommandId): boolean {
		return this.#get(id).when();
	}

	isOn(id: CommandId): boolean {
		return this.#get(id).isOn?.() ?? false;
	}

	label(id: CommandId): string {
		return this.#get(id).label?.() ?? commandEntry(id).label;
	}

	/** The key shown for a command; null where it has none. */
	key(id: CommandId): string | null {
		const [key] = commandEntry(id).keys;
		return key === undefined ? null : keyLabel(key, this.isMac);
	}

	/** "Undo: Click on dog 1 (Ctrl Z)". */
	title(id: CommandId): string {
		const key = this.key(id);
		return key === null ? this.label(id) : `${this.label(id)} (${key})`;
	}

	/** Does it if it can be done now. What goes wrong is told. */
	async run(id: CommandId): Promise<void> {
		if (this.canRun(id)) {
			await this.#context.studio.messages.attempt(async () => this.#get(id).run());
		}
	}

	#get(id: CommandId): Command {
		const command = this.#commands.get(id);
		assert(command, `there is no command ${id}`);
		return command;
	}
}

function helpCommands({ studio }: CommandContext) {
	return {
		'help.palette': {
			when: always,
			run: () => {
				studio.dialog = { kind: 'palette' };
			},
		},
		'help.keys': {
			when: always,
			run: () => {
				studio.dialog = { kind: 'keys' };
			},
		},
		'help.hints': { when: always, run: () => studio.preferences.set({ hintsSeen: [] }) },
		'devices.show': {
			when: always,
			run: () => {
				studio.dialog = { kind: 'devices' };
			},
		},
	} satisfies Partial<Record<CommandId, Command>>;
}
