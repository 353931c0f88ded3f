import type { Box, Point, Size } from '../../preload/common/geometry.ts';
import type { Rle } from '../../preload/common/rle.ts';
import type { WirePrompt } from '../../preload/contract/track.ts';
import type { ToolId } from '../state/view.svelte.ts';

/** A prompt that lies on the frame; `promptId` is null until the service has answered. */
export type PlacedPrompt = { promptId: number | null; prompt: WirePrompt };

/**
 * What tools act upon. The studio implements it over the service, tests over plain arrays; a tool knows neither
 * picture nor window. All coordinates are image space.
 */
export interface Editor {
	readonly size: Size;
	/** Radius of brush, eraser and scribble, in image pixels. */
	readonly brushRadius: number;
	/** The add / subtract switch. */
	readonly isSubtracting: boolean;
	/** Prompts of the selected object on this frame. */
	prompts(): readonly PlacedPrompt[];
	/** The topmost visible object at a point. */
	trackAt(point: Point): number | null;
	selectTrack(trackId: number | null): void;
	selectPrompt(promptId: number | null): void;
	addPrompt(prompt: WirePrompt): void;
	updatePrompt(promptId: number, prompt: WirePrompt): void;
	removePrompt(promptId: number): void;
	paint(stroke: { area: Rle; isErasing: boolean }): void;
	/** Asks for the mask that a prompt here would give; null takes the preview away. */
	preview(prompt: WirePrompt | null): void;
}

/** One pointer event, already in image space. */
export type ToolInput = {
	point: Point;
	button: 'primary' | 'secondary';
	isShift: boolean;
	isAlt: boolean;
	/** Image pixels that one screen pixel covers: tolerances on screen become lengths in the image by it. */
	imagePerScreen: number;
};

/** What a tool wants drawn over the picture, in image space. */
export type Overlay = {
	cursor: 'arrow' | 'positive' | 'negative' | 'cross' | 'move' | 'circle';
	/** True size of the brush under the pointer. */
	circle?: { centre: Point; radius: number; isErasing: boolean };
	box?: Box;
	stroke?: { points: readonly Point[]; radius: number; tone: 'add' | 'subtract' };
	polygon?: { points: readonly Point[]; isClosable: boolean; tone: 'add' | 'subtract' };
	/** A prompt being dragged, drawn in place of the one that is stored. */
	moved?: { promptId: number; prompt: WirePrompt };
	/** What the next click or key does. */
	help: string;
};

/**
 * A state of a tool. A handler returns the state that follows; nothing means that this one goes on. Every state ends in
 * complete (it acted upon the editor) or cancel (it did not).
 */
export interface ToolState {
	readonly name: string;
	overlay(editor: Editor): Overlay;
	down?(input: ToolInput, editor: Editor): ToolState | void;
	move?(input: ToolInput, editor: Editor): ToolState | void;
	up?(input: ToolInput, editor: Editor): ToolState | void;
	/** The pointer left the picture. */
	leave?(editor: Editor): ToolState | void;
	/** Enter, or a double click. */
	accept?(editor: Editor): ToolState | void;
	/** Escape. A state without it has nothing to take back. */
	cancel?(editor: Editor): ToolState;
}

/** Runs a tool's states. */
export class Tool {
	readonly id: ToolId;
	readonly #start: () => ToolState;
	readonly #editor: Editor;
	#state: ToolState;

	constructor(id: ToolId, start: () => ToolState, editor: Editor) {
		this.id = id;
		this.#start = start;
		this.#editor = editor;
		this.#state = start();
	}

	get stateName(): string {
		return this.#state.name;
	}

	/** Something is half done: leaving now loses it. */
	get isBusy(): boolean {
		return this.#state.cancel !== undefined;
	}

	overlay(): Overlay {
		return this.#state.overlay(this.#editor);
	}

	down(input: ToolInput): void {
		this.#enter(this.#state.down?.(input, this.#editor));
	}

	move(input: ToolInput): void {
		this.#enter(this.#state.move?.(input, this.#editor));
	}

	up(input: ToolInput): void {
		this.#enter(this.#state.up?.(input, this.#editor));
	}

	leave(): void {
		this.#enter(this.#state.leave?.(this.#editor));
	}

	/** False where there was nothing to complete. */
	accept(): boolean {
		const next = this.#state.accept?.(this.#editor);
		this.#enter(next);
		return next !== undefined;
	}

	/** False where there was nothing to take back. */
	cancel(): boolean {
		const next = this.#state.cancel?.(this.#editor);
		this.#enter(next);
		return next !== undefined;
	}

	/** Back to the start, whatever was half done. */
	reset(): void {
		this.#editor.preview(null);
		this.#state = this.#start();
	}

	#enter(next: ToolState | void): void {
		if (next) {
			this.#state = next;
		}
	}
}
