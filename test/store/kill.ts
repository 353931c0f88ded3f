/** A line of `kill-child.ts`. */
export type Acknowledged = {
	started?: true;
	failed?: string;
	revision?: number;
	/** Runs that are under way, and how many frames each has. */
	passes?: { passId: number; doneCount: number }[];
	/** Of the whole record at this revision. */
	digest?: string;
};
