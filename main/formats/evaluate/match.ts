import type { MaskletSource } from '../record.ts';

/** Which object of the result stands for which of the reference. */
export type Match = { referenceIndex: number; resultIndex: number | null };

/**
 * One object on each side belong together. Else by name, where every object of the reference has a name that exactly
 * one of the result has; else by id, where the ids of the reference are all in the result; else by place in the list.
 * What is then missing in the result counts as absent on every frame.
 */
export function matchObjects(
	reference: MaskletSource,
	result: MaskletSource,
): { matches: Match[]; way: 'single' | 'name' | 'id' | 'place' } {
	const all = (way: 'single' | 'name' | 'id' | 'place', find: (index: number) => number) => ({
		way,
		matches: reference.tracks.map((_, referenceIndex) => {
			const resultIndex = find(referenceIndex);
			return { referenceIndex, resultIndex: resultIndex < 0 ? null : resultIndex };
		}),
	});
	if (reference.tracks.length === 1 && result.tracks.length === 1) {
		return all('single', () => 0);
	}
	const resultNames = result.tracks.map(({ name }) => name);
	const hasNames =
		new Set(resultNames).size === resultNames.length &&
		reference.tracks.every(({ name }) => name !== null && resultNames.includes(name));
	if (hasNames) {
		return all('name', (index) => resultNames.indexOf(reference.tracks[index]!.name));
	}
	const resultIds = result.tracks.map(({ sourceId }) => sourceId);
	if (reference.tracks.every(({ sourceId }) => resultIds.includes(sourceId))) {
		return all('id', (index) => resultIds.indexOf(reference.tracks[index]!.sourceId));
	}
	return all('place', (index) => (index < result.tracks.length ? index : -1));
}
