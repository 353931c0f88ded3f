import { expect, test } from 'vitest';
import { commandEntry, commandIds } from '../../../preload/contract/commands.ts';
import {
	commandFor,
	defaultKeyMap,
	focusPlace,
	keyLabel,
	type FocusPlace,
	type KeyPress,
} from '../../../renderer/commands/keys.ts';
import { rankCommands } from '../../../renderer/commands/rank.ts';
import { nextRadius } from '../../../renderer/commands/tool.ts';

const keyMap = defaultKeyMap();

function press(text: string): KeyPress {
	const parts = text.split('+');
	return {
		code: parts.at(-1)!,
		ctrlKey: parts.includes('Ctrl'),
		metaKey: parts.includes('Meta'),
		shiftKey: parts.includes('Shift'),
		altKey: parts.includes('Alt'),
	};
}

function command(text: string, place: FocusPlace = 'work', isMac = false) {
	return commandFor(press(text), { keyMap, place, isMac });
}

test('no two commands share a key', () => {
	const keys = commandIds.flatMap((id) => commandEntry(id).keys);
	expect(keyMap.size).toBe(keys.length);
});

test('keys mean commands by place of the key, with exactly their modifiers', () => {
	expect(command('KeyT')).toBe('run.both');
	expect(command('Shift+KeyT')).toBe('run.choose');
	expect(command('Alt+Shift+KeyT')).toBe('run.backward');
	expect(command('Ctrl+KeyT')).toBe(null);
	expect(command('Ctrl+Shift+KeyZ')).toBe('history.redo');
	expect(command('Shift+Slash')).toBe('help.keys');
	expect(command('Meta+KeyK', 'work', true)).toBe('help.palette');
	expect(command('Ctrl+KeyK', 'work', true)).toBe(null);
});

test('single keys work on stage and timeline alone; Tab walks on; text fields keep what is theirs', () => {
	const places: FocusPlace[] = ['work', 'elsewhere', 'text', 'dialog'];
	expect(places.map((place) => command('Space', place))).toEqual(['play.toggle', null, null, null]);
	expect(places.map((place) => command('Ctrl+KeyZ', place))).toEqual(['history.undo', 'history.undo', null, null]);
	expect(places.map((place) => command('Ctrl+KeyE', place))).toEqual([
		'export.open',
		'export.open',
		'export.open',
		null,
	]);
	expect(places.map((place) => command('Tab', place))).toEqual([null, null, null, null]);
});

test('keys are shown as people know them', () => {
	expect(
		['Mod+Shift+KeyZ', 'Digit1', 'BracketLeft', 'Shift+Slash', 'Shift+Alt+KeyT'].map((key) => keyLabel(key, false)),
	).toEqual(['Ctrl Shift Z', '1', '[', '?', 'Shift Alt T']);
	expect(keyLabel('Mod+Shift+KeyZ', true)).toBe('⇧⌘Z');
});

test('the palette ranks starts of words before letters in order', () => {
	const entries = commandIds.map((id) => ({ id, label: commandEntry(id).label }));
	expect(rankCommands('', entries)).toHaveLength(commandIds.length);
	expect(rankCommands('prop f', entries).map(({ id }) => id)).toEqual(['run.forward']);
	expect(rankCommands('undo', entries)[0]?.id).toBe('history.undo');
	expect(rankCommands('zzqx', entries)).toEqual([]);
});

test('brush sizes go in halves of a pixel, always a step, and there and back again', () => {
	expect([0.5, 1, 12].map((radius) => nextRadius(radius, 1.25))).toEqual([1, 1.5, 15]);
	expect([0.5, 1, 15].map((radius) => nextRadius(radius, 0.8))).toEqual([0.5, 0.5, 12]);
});

test('a page over the work takes the keys of files and help, and none that would edit what lies under it', () => {
	expect([command('Ctrl+KeyK', 'page'), command('Ctrl+KeyO', 'page')]).toEqual(['help.palette', 'project.open']);
	expect(command('Shift+Slash', 'page')).toBe('help.keys');
	const editing = ['KeyD', 'Delete', 'KeyT', 'Space', 'Ctrl+KeyZ', 'Ctrl+KeyV', 'Ctrl+KeyB'];
	expect(editing.map((key) => command(key, 'page'))).toEqual(editing.map(() => null));
	const page = (hasPage: boolean) =>
		({
			activeElement: null,
			querySelector: (selector: string) => (hasPage && selector === '[data-page]' ? {} : null),
		}) as unknown as Document;
	expect([focusPlace(page(true)), focusPlace(page(false))]).toEqual(['page', 'work']);
});
