import type { MenuItemConstructorOptions } from 'electron';
import { commandEntries, commandMenus } from '../../../preload/contract/commands.ts';
import type { CommandEntry, CommandMenu } from '../../../preload/contract/commands.ts';

export type MenuOptions = {
	platform: string;
	productName: string;
	/** Shows the developer's items. */
	isDevelopment: boolean;
	onCommand: (commandId: string) => void;
};

/** The native menu: the command list, and what only a native menu has. */
export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
	const isMac = options.platform === 'darwin';
	const menus = commandMenus.map(({ menu, label }) => ({
		label,
		submenu: [...commandItems(menu, options), ...nativeItems(menu, options)],
	}));
	return isMac ? [{ role: 'appMenu', label: options.productName }, ...menus, { role: 'windowMenu' }] : menus;
}

function commandItems(menu: CommandMenu, options: MenuOptions): MenuItemConstructorOptions[] {
	const entries = Object.entries(commandEntries) as [string, CommandEntry][];
	return entries
		.filter(([, entry]) => entry.menu === menu && !entry.isMinor)
		.map(([id, { label, keys }]) => {
			const shown = shownKey(keys[0], menu, options.platform);
			return {
				id,
				label,
				// The studio handles keys in every host; the menu shows them.
				...(shown === null ? {} : { accelerator: shown, registerAccelerator: false }),
				click: () => options.onCommand(id),
			};
		});
}

function nativeItems(menu: CommandMenu, { platform, isDevelopment }: MenuOptions): MenuItemConstructorOptions[] {
	const separator: MenuItemConstructorOptions = { type: 'separator' };
	if (menu === 'file') {
		return [separator, platform === 'darwin' ? { role: 'close' } : { role: 'quit' }];
	}
	if (menu === 'edit' && platform === 'darwin') {
		// Text fields on macOS get these keys from the menu alone.
		return [separator, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }];
	}
	if (menu === 'view') {
		const developer: MenuItemConstructorOptions[] = [{ role: 'reload' }, { role: 'toggleDevTools' }];
		return [separator, { role: 'togglefullscreen' }, ...(isDevelopment ? developer : [])];
	}
	return [];
}

/**
 * The key as a menu shows it. macOS takes every key that a menu shows, so that there only keys with Cmd are shown, and
 * of the Edit menu none that a text field needs.
 */
function shownKey(key: string | undefined, menu: CommandMenu, platform: string): string | null {
	if (key === undefined) {
		return null;
	}
	if (platform === 'darwin' && (menu === 'edit' || !key.startsWith('Mod+'))) {
		return null;
	}
	return acceleratorOf(key);
}

/** `Mod+Shift+KeyZ` -> `CommandOrControl+Shift+Z`; null where Electron has no name for the key. */
export function acceleratorOf(key: string): string | null {
	const parts = key.split('+');
	const code = parts.pop() ?? '';
	const name = /^(?:Key|Digit)(.)$/.exec(code)?.[1] ?? keyNames[code] ?? (/^F\d{1,2}$/.test(code) ? code : null);
	return name && [...parts.map((part) => (part === 'Mod' ? 'CommandOrControl' : part)), name].join('+');
}

const keyNames: Readonly<Record<string, string>> = {
	ArrowLeft: 'Left',
	ArrowRight: 'Right',
	ArrowUp: 'Up',
	ArrowDown: 'Down',
	Backspace: 'Backspace',
	BracketLeft: '[',
	BracketRight: ']',
	Comma: ',',
	Delete: 'Delete',
	End: 'End',
	Enter: 'Enter',
	Equal: '=',
	Escape: 'Escape',
	Home: 'Home',
	Minus: '-',
	PageDown: 'PageDown',
	PageUp: 'PageUp',
	Period: '.',
	Slash: '/',
	Space: 'Space',
	Tab: 'Tab',
};
