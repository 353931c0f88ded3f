import { z } from 'zod';
import { changeScopes } from '../common/masklet.ts';
import { bytes, integers, rowId } from './define.ts';
import { historyState } from './history.ts';
import { jobInfo } from './job.ts';
import { projectInfo } from './project.ts';

/** What the service announces. Events say that state changed; a client re-reads what it shows. */
export const events = {
	/** Rows changed. `trackId` null: more than one track; `videoId` null: the project's own rows. */
	'store.changed': z.object({
		revision: z.int(),
		scope: z.enum(changeScopes),
		videoId: rowId.nullable(),
		trackId: rowId.nullable(),
		/** Inclusive; -1 where no frame is meant. */
		firstFrameIndex: z.int(),
		lastFrameIndex: z.int(),
		history: historyState,
	}),
	/** Models, their downloads or their names changed. */
	'models.changed': z.object({}),
	'project.changed': z.object({ project: projectInfo.nullable() }),
	/** Frames that a run has just written to its pass, at most some times a second. */
	'run.frames': z.object({
		jobId: rowId,
		videoId: rowId,
		trackId: rowId,
		frameIndexes: integers,
		/** As in a lane. */
		kinds: bytes,
		flags: bytes,
		ious: bytes,
	}),
	'job.progress': jobInfo,
	'job.done': z.object({
		job: jobInfo,
		/** The method's result; null unless the job is done or was cancelled with a part kept. */
		result: z.unknown(),
		error: z.object({ code: z.string(), message: z.string(), data: z.unknown() }).nullable(),
	}),
	/** A sentence that no call could carry. */
	warning: z.object({ code: z.string(), message: z.string(), data: z.unknown() }),
};

export type Events = { [K in keyof typeof events]: z.infer<(typeof events)[K]> };
export type EventName = keyof Events;
