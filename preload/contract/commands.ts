/**
 * What a person can do in the studio: ids, labels and default keys, shared by the native menu, the palette, the key
 * sheet and the key handler. What a command does and when it can be done stands in `renderer/commands`.
 *
 * A key is `Mod+Shift+Alt+Code`: `Mod` is Ctrl, on macOS Cmd; `Code` is `KeyboardEvent.code`, the place of the key and
 * not its letter. Keys without `Mod` work while the stage or the timeline has the focus, so a native menu shows them
 * without registering them (`registerAccelerator: false`); the studio handles the others too, in every host.
 */
export type CommandMenu = 'file' | 'edit' | 'view' | 'go' | 'tool' | 'object' | 'mask' | 'help';

export type CommandEntry = {
	label: string;
	menu: CommandMenu;
	/** The first is the one shown. */
	keys: readonly string[];
	/** Left out of menus: reached by key, pointer or palette. */
	isMinor?: boolean;
};

export const commandMenus: readonly { menu: CommandMenu; label: string }[] = [
	{ menu: 'file', label: 'File' },
	{ menu: 'edit', label: 'Edit' },
	{ menu: 'view', label: 'View' },
	{ menu: 'go', label: 'Go' },
	{ menu: 'tool', label: 'Tools' },
	{ menu: 'object', label: 'Object' },
	{ menu: 'mask', label: 'Mask' },
	{ menu: 'help', label: 'Help' },
];

export const commandEntries = {
	'project.new': { label: 'New project…', menu: 'file', keys: ['Mod+KeyN'] },
	'project.open': { label: 'Open project…', menu: 'file', keys: ['Mod+KeyO'] },
	'project.sample': { label: 'Open the sample project', menu: 'file', keys: [] },
	'project.close': { label: 'Close project', menu: 'file', keys: [] },
	'video.import': { label: 'Import videos…', menu: 'file', keys: ['Mod+KeyI'] },
	'video.importFolder': { label: 'Import a folder of pictures…', menu: 'file', keys: [] },
	'models.open': { label: 'Models…', menu: 'file', keys: [] },
	'models.add': { label: 'Add a model from a file…', menu: 'file', keys: [], isMinor: true },
	'export.open': { label: 'Export…', menu: 'file', keys: ['Mod+KeyE'] },

	'history.undo': { label: 'Undo', menu: 'edit', keys: ['Mod+KeyZ'] },
	'history.redo': { label: 'Redo', menu: 'edit', keys: ['Mod+Shift+KeyZ', 'Mod+KeyY'] },
	'mask.copy': { label: 'Copy mask', menu: 'edit', keys: ['Mod+KeyC'] },
	'mask.paste': { label: 'Paste mask', menu: 'edit', keys: ['Mod+KeyV'] },
	'edit.accept': { label: 'Accept', menu: 'edit', keys: ['Enter'], isMinor: true },
	'edit.back': { label: 'Take back one step', menu: 'edit', keys: ['Escape'], isMinor: true },

	'view.fit': { label: 'Fit the picture', menu: 'view', keys: ['KeyF'] },
	'view.actual': { label: 'Zoom to 100 %', menu: 'view', keys: ['Digit0'] },
	'view.zoomIn': { label: 'Zoom in', menu: 'view', keys: ['Equal', 'NumpadAdd'] },
	'view.zoomOut': { label: 'Zoom out', menu: 'view', keys: ['Minus', 'NumpadSubtract'] },
	'view.outline': { label: 'Outlines only', menu: 'view', keys: ['KeyW'] },
	'view.cutout': { label: 'Cut-out on a checkerboard', menu: 'view', keys: ['Shift+KeyW'] },
	'view.masks': { label: 'Show or hide masks', menu: 'view', keys: ['KeyH'] },
	'view.timelineFit': { label: 'Show the whole timeline', menu: 'view', keys: ['Shift+KeyF'] },
	'view.leftPanel': { label: 'Videos panel', menu: 'view', keys: ['Mod+KeyB'] },
	'view.rightPanel': { label: 'Objects panel', menu: 'view', keys: ['Mod+Alt+KeyB'] },
	'view.theme': { label: 'Dark or light theme', menu: 'view', keys: [] },

	'play.toggle': { label: 'Play or pause', menu: 'go', keys: ['Space'] },
	'frame.previous': { label: 'Previous frame', menu: 'go', keys: ['ArrowLeft'] },
	'frame.next': { label: 'Next frame', menu: 'go', keys: ['ArrowRight'] },
	'frame.back': { label: 'Ten frames back', menu: 'go', keys: ['Shift+ArrowLeft'] },
	'frame.forward': { label: 'Ten frames on', menu: 'go', keys: ['Shift+ArrowRight'] },
	'frame.first': { label: 'First frame', menu: 'go', keys: ['Home'] },
	'frame.last': { label: 'Last frame', menu: 'go', keys: ['End'] },
	'frame.goto': { label: 'Go to frame…', menu: 'go', keys: ['KeyG'] },
	'anchor.previous': { label: 'Previous anchor', menu: 'go', keys: ['Comma'] },
	'anchor.next': { label: 'Next anchor', menu: 'go', keys: ['Period'] },
	'uncertain.next': { label: 'Next uncertain frame', menu: 'go', keys: ['KeyU'] },
	'uncertain.previous': { label: 'Previous uncertain frame', menu: 'go', keys: ['Shift+KeyU'] },
	'range.in': { label: 'Range starts here', menu: 'go', keys: ['KeyI'] },
	'range.out': { label: 'Range ends here', menu: 'go', keys: ['KeyO'] },
	'range.clear': { label: 'Clear the range', menu: 'go', keys: ['Shift+KeyI'] },
	'video.next': { label: 'Next video', menu: 'go', keys: ['PageDown'] },
	'video.previous': { label: 'Previous video', menu: 'go', keys: ['PageUp'] },

	'tool.select': { label: 'Select', menu: 'tool', keys: ['KeyV'] },
	'tool.click': { label: 'Click', menu: 'tool', keys: ['KeyC'] },
	'tool.box': { label: 'Box', menu: 'tool', keys: ['KeyR'] },
	'tool.brush': { label: 'Brush', menu: 'tool', keys: ['KeyB'] },
	'tool.eraser': { label: 'Eraser', menu: 'tool', keys: ['KeyE'] },
	'tool.scribble': { label: 'Scribble', menu: 'tool', keys: ['KeyY'] },
	'tool.polygon': { label: 'Polygon', menu: 'tool', keys: ['KeyP'] },
	'tool.lasso': { label: 'Lasso', menu: 'tool', keys: ['KeyL'] },
	'tool.negative': { label: 'Add or subtract', menu: 'tool', keys: ['KeyX'] },
	'brush.smaller': { label: 'Smaller brush', menu: 'tool', keys: ['BracketLeft'] },
	'brush.larger': { label: 'Larger brush', menu: 'tool', keys: ['BracketRight'] },

	'object.new': { label: 'New object', menu: 'object', keys: ['KeyN'] },
	'object.next': { label: 'Next object', menu: 'object', keys: ['KeyQ'] },
	'object.previous': { label: 'Previous object', menu: 'object', keys: ['Shift+KeyQ'] },
	'object.rename': { label: 'Rename object', menu: 'object', keys: ['F2'] },
	'object.delete': { label: 'Delete object', menu: 'object', keys: ['Shift+Delete'] },
	'object.solo': { label: 'Show this object alone', menu: 'object', keys: ['KeyS'] },
	'object.visible': { label: 'Show or hide object', menu: 'object', keys: ['KeyM'] },
	'object.lock': { label: 'Lock or unlock object', menu: 'object', keys: ['Shift+KeyL'] },
	'label.1': { label: 'Label 1', menu: 'object', keys: ['Digit1'], isMinor: true },
	'label.2': { label: 'Label 2', menu: 'object', keys: ['Digit2'], isMinor: true },
	'label.3': { label: 'Label 3', menu: 'object', keys: ['Digit3'], isMinor: true },
	'label.4': { label: 'Label 4', menu: 'object', keys: ['Digit4'], isMinor: true },
	'label.5': { label: 'Label 5', menu: 'object', keys: ['Digit5'], isMinor: true },
	'label.6': { label: 'Label 6', menu: 'object', keys: ['Digit6'], isMinor: true },
	'label.7': { label: 'Label 7', menu: 'object', keys: ['Digit7'], isMinor: true },
	'label.8': { label: 'Label 8', menu: 'object', keys: ['Digit8'], isMinor: true },
	'label.9': { label: 'Label 9', menu: 'object', keys: ['Digit9'], isMinor: true },

	'run.both': { label: 'Propagate both ways', menu: 'mask', keys: ['KeyT'] },
	'run.forward': { label: 'Propagate forward', menu: 'mask', keys: ['Alt+KeyT'] },
	'run.backward': { label: 'Propagate backward', menu: 'mask', keys: ['Shift+Alt+KeyT'] },
	'run.choose': { label: 'Propagate…', menu: 'mask', keys: ['Shift+KeyT'] },
	'run.cancel': { label: 'Stop the run', menu: 'mask', keys: ['Mod+Period'] },
	'mask.absent': { label: 'Absent here', menu: 'mask', keys: ['KeyA'] },
	'mask.clear': { label: "Clear this frame's mask", menu: 'mask', keys: ['KeyD', 'Delete', 'Backspace'] },

	'help.palette': { label: 'Command palette', menu: 'help', keys: ['Mod+KeyK'] },
	'help.keys': { label: 'Keys', menu: 'help', keys: ['Shift+Slash', 'F1'] },
	'help.hints': { label: 'Show the first hints again', menu: 'help', keys: [] },
} as const satisfies Record<string, CommandEntry>;

export type CommandId = keyof typeof commandEntries;

export const commandIds = Object.keys(commandEntries) as CommandId[];

export function isCommandId(id: string): id is CommandId {
	return Object.hasOwn(commandEntries, id);
}

export function commandEntry(id: CommandId): CommandEntry {
	return commandEntries[id];
}
