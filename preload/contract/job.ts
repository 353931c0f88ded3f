import { z } from 'zod';
import { command, nothing, query, rowId } from './define.ts';

export const jobInfo = z.object({
	jobId: rowId,
	/** The method that started it: "track.propagate". */
	method: z.string(),
	/** For people: "Carry dog 1". */
	name: z.string(),
	state: z.enum(['queued', 'running', 'done', 'cancelled', 'failed']),
	doneCount: z.number(),
	/** Null where the amount is not known. */
	totalCount: z.number().nullable(),
	/** What is being done now. */
	note: z.string().nullable(),
	startedAtMillis: z.number(),
	warnings: z.array(z.string()),
});

export const jobContract = {
	/** Running jobs and the last ones that ended. */
	list: query(nothing, z.array(jobInfo)),
	/** Asks a job to stop; what is done is kept. */
	cancel: command(z.object({ jobId: rowId }), z.null()),
};

export type JobInfo = z.infer<typeof jobInfo>;
