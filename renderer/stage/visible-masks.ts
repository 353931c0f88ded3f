import type { Track } from '../../preload/contract/track.ts';
import type { ShownMask } from '../state/frame-masks.svelte.ts';
import type { MaskToPaint } from './paint-masks.ts';

/** The masks to draw, in the tracks' order: hidden ones are left out, with solo all but one. */
export function visibleMasks(scene: {
	masks: readonly ShownMask[];
	tracks: readonly Track[];
	soloTrackId: number | null;
	selectedTrackId: number | null;
}): MaskToPaint[] {
	const { masks, tracks, soloTrackId, selectedTrackId } = scene;
	return tracks.flatMap((track) => {
		const isShown = soloTrackId === null ? track.isVisible : track.trackId === soloTrackId;
		const mask = isShown ? masks.find(({ trackId }) => trackId === track.trackId) : undefined;
		return mask ? [{ mask, colour: track.colour, isSelected: track.trackId === selectedTrackId }] : [];
	});
}
