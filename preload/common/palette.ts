import { present } from './assert.ts';

/** Colours of objects: readable on pictures and apart for colour-blind eyes; after the last the first comes again. */
export const objectColours = [
	'#4c9be8',
	'#f2a33c',
	'#46b37b',
	'#e0609b',
	'#b58be0',
	'#e8d44c',
	'#5fd0d6',
	'#d9705a',
	'#9bb84a',
	'#8f9bb3',
	'#c77dbb',
	'#6f86ff',
] as const;

/** The colour for the next object or label: the one that the fewest have, in the palette's order. */
export function nextColour(taken: readonly string[]): string {
	const counts = objectColours.map((colour) => taken.filter((other) => other.toLowerCase() === colour).length);
	return present(objectColours[counts.indexOf(Math.min(...counts))], 'a colour');
}
