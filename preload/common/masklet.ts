/** Where a frame's mask came from. The order is that of the lane codes. */
export const provenances = [
	'prompted',
	'edited',
	'propagated',
	'interpolated',
	'imported',
	'emptyByModel',
	'emptyByHand',
] as const;
export type Provenance = (typeof provenances)[number];

/** What a person thinks of a masklet as a whole (SA-V data engine, verification step). */
export const verdicts = ['draft', 'tracked', 'satisfactory', 'unsatisfactory', 'rejected'] as const;
export type Verdict = (typeof verdicts)[number];

/** A track over its video, one byte a frame: 0 where nothing was ever said (a hole), else 1 + index in `provenances`. */
export type LaneCodes = Uint8Array;

/** The lane code of a frame that has a record. */
export function laneCodeOf(provenance: Provenance): number {
	return 1 + provenances.indexOf(provenance);
}

/** The provenance behind a lane code; null for a hole. */
export function provenanceOf(laneCode: number): Provenance | null {
	return provenances[laneCode - 1] ?? null;
}

/** Bits of a lane's flags. */
export const laneFlags = { anchor: 1, uncertain: 2, pending: 4 } as const;

/** A lane's byte for "no predicted IoU"; the others are IoU x 254. */
export const laneNoIou = 255;

/** Which rows a change of the record concerns. */
export const changeScopes = ['project', 'videos', 'tracks', 'frames'] as const;
export type ChangeScope = (typeof changeScopes)[number];

/** Scores of one mask. `null` where a model has no such score. */
export type Scores = {
	/** The model's own estimate of IoU with the truth, 0 to 1. */
	predictedIou: number | null;
	/** Logit of "the object is on this frame"; above 0 is present. */
	objectScore: number | null;
	/** IoU of the masks at a lower and a higher threshold, 0 to 1. */
	stability: number | null;
};
