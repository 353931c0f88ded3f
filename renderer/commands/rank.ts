import type { CommandId } from '../../preload/contract/commands.ts';

type Entry = { id: CommandId; label: string };

/** Commands that fit what was typed, best first: word starts before letters in order; all where nothing was typed. */
export function rankCommands(text: string, entries: readonly Entry[]): Entry[] {
	const wanted = text.trim().toLowerCase();
	if (wanted === '') {
		return [...entries];
	}
	return entries
		.map((entry, place) => ({ entry, place, score: scoreOf(entry.label.toLowerCase(), wanted) }))
		.filter(({ score }) => score > 0)
		.sort((a, b) => b.score - a.score || a.place - b.place)
		.map(({ entry }) => entry);
}

function scoreOf(label: string, wanted: string): number {
	if (label.startsWith(wanted)) {
		return 4;
	}
	const words = label.split(/\s+/);
	if (wanted.split(/\s+/).every((part) => words.some((word) => word.startsWith(part)))) {
		return 3;
	}
	if (label.includes(wanted)) {
		return 2;
	}
	let at = 0;
	for (const letter of label) {
		at += letter === wanted[at] ? 1 : 0;
	}
	return at === wanted.length ? 1 : 0;
}
