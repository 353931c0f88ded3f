import type { CommandContext, CommandSet } from './command.ts';
import { runningHere } from './mask.ts';

export function editCommands({ studio, editor, tool }: CommandContext): CommandSet {
	let clipboard: { mask: Uint8Array; width: number; height: number } | null = null;
	return {
		'history.undo': {
			when: () => studio.history.canUndo && !studio.isReadOnly,
			label: () => (studio.history.undoName ? `Undo: ${studio.history.undoName}` : null),
			async run() {
				const name = studio.history.undoName;
				studio.history = await studio.client.history.undo();
				studio.messages.say('info', name ? `Undone: ${name}` : 'Undone');
			},
		},
		'history.redo': {
			when: () => studio.history.canRedo && !studio.isReadOnly,
			label: () => (studio.history.redoName ? `Redo: ${studio.history.redoName}` : null),
			async run() {
				const name = studio.history.redoName;
				studio.history = await studio.client.history.redo();
				studio.messages.say('info', name ? `Done again: ${name}` : 'Done again');
			},
		},
		'mask.copy': {
			when: () => editor.currentMask() !== null,
			run() {
				const mask = editor.currentMask();
				if (mask) {
					clipboard = { mask: mask.mask, width: mask.rle.width, height: mask.rle.height };
					studio.messages.say('info', 'Mask copied; paste it on another frame');
				}
			},
		},
		'mask.paste': {
			when: () => studio.video !== null && !studio.isReadOnly,
			async run() {
				if (!clipboard) {
					studio.messages.say('info', 'No mask was copied yet');
				} else if (clipboard.width !== editor.size.width || clipboard.height !== editor.size.height) {
					const sizes = `${clipboard.width} x ${clipboard.height}, this video ${editor.size.width} x ${editor.size.height}`;
					studio.messages.say('warning', `A mask fits videos of its own size alone: it has ${sizes}`);
				} else {
					await editor.setMask(clipboard.mask);
				}
			},
		},
		'edit.accept': {
			when: () => studio.video !== null,
			run: () => void tool()?.accept(),
		},
		'edit.back': {
			when: () => studio.video !== null,
			async run() {
				const { video } = studio;
				if (tool()?.cancel() || !video) {
					return;
				}
				const run = runningHere(studio);
				if (video.selectedPromptId !== null) {
					video.selectedPromptId = null;
				} else if (video.isPlaying) {
					video.isPlaying = false;
				} else if (run) {
					await studio.client.job.cancel({ jobId: run.jobId });
				} else {
					video.select(null);
				}
			},
		},
	};
}
