import type { CommandId } from '../../preload/contract/commands.ts';
import type { StudioEditor } from '../editor/studio-editor.ts';
import type { Tool } from '../editor/tool.ts';
import type { Studio } from '../state/studio.svelte.ts';

/** What a command does and when it can be done. */
export type Command = {
	/** Reactive; false greys it out everywhere. */
	when: () => boolean;
	run: () => void | Promise<void>;
	/** What it is called now ("Undo: Click on dog 1"), where that differs from the catalogue's label. */
	label?: () => string | null;
	/** For switches and tools. */
	isOn?: () => boolean;
};

export type CommandSet = Partial<Record<CommandId, Command>>;

/** What commands act upon. */
export type CommandContext = {
	studio: Studio;
	editor: StudioEditor;
	/** The tool in hand, where a stage is shown. */
	tool: () => Tool | null;
};

export const always = () => true;
