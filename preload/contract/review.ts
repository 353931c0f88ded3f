import { z } from 'zod';
import { edit, rowId } from './define.ts';
import { verdict } from './track.ts';

export const reviewContract = {
	/** A person's verdict on a masklet (SA-V data engine, verification step). */
	setVerdict: edit(z.object({ trackId: rowId, verdict }), z.null()),
};
