import type { Provenance } from '../../preload/contract/track.ts';
import { iouAt, isAnchorAt, isPendingAt, kindAt, heatAt, type LaneData } from '../state/lane.ts';

const words: Record<Provenance, string> = {
	prompted: 'prompted',
	edited: 'edited by hand',
	propagated: 'propagated',
	interpolated: 'interpolated',
	imported: 'imported',
	emptyByModel: 'absent, says the model',
	emptyByHand: 'absent, said by hand',
};

/** What a track has on a frame: "propagated · 0.91 · look at it". */
export function laneText(lane: LaneData, frame: number): string {
	const kind = kindAt(lane, frame);
	if (kind === null) {
		return 'nothing yet';
	}
	const iou = iouAt(lane, frame);
	const heat = heatAt(lane, frame);
	return [
		words[kind],
		iou === null ? '' : iou.toFixed(2),
		heat === 2 ? 'probably wrong' : heat === 1 ? 'look at it' : '',
		isAnchorAt(lane, frame) ? 'anchor' : '',
		isPendingAt(lane, frame) ? 'being made' : '',
	]
		.filter((part) => part !== '')
		.join(' · ');
}

export function provenanceText(kind: Provenance): string {
	return words[kind];
}
