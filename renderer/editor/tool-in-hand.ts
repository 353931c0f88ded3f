import type { ViewState } from '../state/view.svelte.ts';
import type { Editor, Tool } from './tool.ts';
import { createTool } from './tools/index.ts';

/** The chosen tool; a newly chosen one starts idle. */
export class ToolInHand {
	readonly #view: ViewState;
	readonly #editor: Editor;
	#tool: Tool | null = null;

	constructor(view: ViewState, editor: Editor) {
		this.#view = view;
		this.#editor = editor;
	}

	/** Reactive. */
	get tool(): Tool {
		const { toolId } = this.#view;
		if (this.#tool?.id !== toolId) {
			this.#tool = createTool(toolId, this.#editor);
		}
		return this.#tool;
	}
}
