import { commandEntry, commandIds, type CommandId, type CommandMenu } from '../../preload/contract/commands.ts';

/** What of a `KeyboardEvent` the keys are matched by. */
export type KeyPress = { code: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean };

/** Where the focus is: keys without `Mod` belong to the stage and the timeline alone, so that Tab walks the page. */
export type FocusPlace = 'work' | 'text' | 'elsewhere' | 'dialog' | 'page';

/** Keys that a text field or a page handles itself. */
const textKeys = new Set<string>(['Mod+KeyZ', 'Mod+Shift+KeyZ', 'Mod+KeyY', 'Mod+KeyC', 'Mod+KeyV']);
/** A page over the work takes no key that would change what lies under it. */
const pageMenus = new Set<CommandMenu>(['file', 'help']);
const fieldCommands = new Set<CommandId>(['help.keys']);

/** "Mod+Shift+KeyZ" of a key press. */
export function keyName(press: KeyPress, isMac: boolean): string {
	const isMod = isMac ? press.metaKey : press.ctrlKey;
	return [isMod ? 'Mod' : '', press.shiftKey ? 'Shift' : '', press.altKey ? 'Alt' : '', press.code]
		.filter((part) => part !== '')
		.join('+');
}

/** Key name to command, as the defaults have it. */
export function defaultKeyMap(): ReadonlyMap<string, CommandId> {
	return new Map(commandIds.flatMap((id) => commandEntry(id).keys.map((key) => [canonicalKey(key), id] as const)));
}

/** The command that a key press means at a place; null where the key belongs to the page. */
export function commandFor(
	press: KeyPress,
	context: { keyMap: ReadonlyMap<string, CommandId>; place: FocusPlace; isMac: boolean },
): CommandId | null {
	const name = keyName(press, context.isMac);
	const id = context.keyMap.get(name);
	if (id === undefined || context.place === 'dialog') {
		return null;
	}
	if (context.place === 'page' && !pageMenus.has(commandEntry(id).menu)) {
		return null;
	}
	if (name.includes('Mod+') || press.code.startsWith('F')) {
		return context.place === 'text' && (textKeys.has(name) || fieldCommands.has(id)) ? null : id;
	}
	return context.place === 'work' || (context.place === 'page' && press.code === 'Slash') ? id : null;
}

/** Where the focus is. `data-keys="work"` marks what the single keys work in. */
export function focusPlace(page: Document): FocusPlace {
	const element = page.activeElement;
	// What had the focus in a dialog may have gone from the page: the dialog still has the keys.
	if (page.querySelector('dialog[open]') || element?.closest('[role="menu"]')) {
		return 'dialog';
	}
	const isField = element?.matches(
		'input:not([type="range"]):not([type="checkbox"]), textarea, select, [contenteditable="true"]',
	);
	if (isField) {
		return 'text';
	}
	if (page.querySelector('[data-page]')) {
		return 'page';
	}
	if (!element || element === page.body) {
		return 'work';
	}
	return element.closest('[data-keys="work"]') ? 'work' : 'elsewhere';
}

const symbols: Record<string, string> = {
	ArrowLeft: '←',
	ArrowRight: '→',
	ArrowUp: '↑',
	ArrowDown: '↓',
	Comma: ',',
	Period: '.',
	BracketLeft: '[',
	BracketRight: ']',
	Slash: '?',
	Equal: '+',
	NumpadAdd: '+ (pad)',
	NumpadSubtract: '− (pad)',
	Minus: '−',
	Escape: 'Esc',
	PageUp: 'Page Up',
	PageDown: 'Page Down',
};

/** For people: "Ctrl Shift Z", on macOS "⇧⌘Z". */
export function keyLabel(key: string, isMac: boolean): string {
	const parts = key.split('+');
	const code = parts.at(-1)!;
	const plain = symbols[code] ?? code.replace(/^(Key|Digit|Numpad)/, '');
	const isQuestion = code === 'Slash';
	const modifiers = parts.slice(0, -1).filter((part) => !(isQuestion && part === 'Shift'));
	const marks: Record<string, string> = isMac
		? { Mod: '⌘', Shift: '⇧', Alt: '⌥' }
		: { Mod: 'Ctrl', Shift: 'Shift', Alt: 'Alt' };
	const order = isMac ? ['Alt', 'Shift', 'Mod'] : ['Mod', 'Shift', 'Alt'];
	const named = order.filter((part) => modifiers.includes(part)).map((part) => marks[part]!);
	return isMac ? [...named, plain].join('') : [...named, plain].join(' ');
}

/** Modifiers in the one order that `keyName` writes. */
function canonicalKey(key: string): string {
	const parts = key.split('+');
	const modifiers = ['Mod', 'Shift', 'Alt'].filter((modifier) => parts.slice(0, -1).includes(modifier));
	return [...modifiers, parts.at(-1)!].join('+');
}
