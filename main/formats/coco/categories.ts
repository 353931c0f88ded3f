import type { TrackFacts } from '../record.ts';

export type Category = { id: number; name: string; supercategory: string };

/** The category of tracks without a label. */
export const unlabelledName = 'object';

/**
 * One category a label, in alphabetical order and numbered from 1, so that the same labels give the same ids whatever
 * the order of the objects. Tracks without a label share the category "object", as do tracks whose label has that name.
 */
export function categoriesOf(tracks: TrackFacts[]): Category[] {
	const names = new Set(tracks.map(categoryName));
	return [...names].sort().map((name, index) => ({ id: index + 1, name, supercategory: '' }));
}

export function categoryName(track: { label: string | null }): string {
	return track.label ?? unlabelledName;
}
