import { isStudioError, StudioError } from '../../../preload/common/studio-error.ts';
import type { Events } from '../../../preload/contract/events.ts';
import type { JobInfo } from '../../../preload/contract/job.ts';

/** How often a job's progress is announced, at most. */
const PROGRESS_INTERVAL_MILLIS = 100;
/** Ended jobs that `job.list` still shows. */
const ENDED_KEPT = 20;

/** What the work of a job uses to tell how far it is. */
export type JobHandle = {
	readonly jobId: number;
	readonly signal: AbortSignal;
	/** Counts are absolute; `total` null where the amount is not known. */
	progress: (doneCount: number, totalCount: number | null, note?: string) => void;
	/** A part failed and the work goes on. */
	warn: (sentence: string) => void;
};

export type JobStart<T> = {
	/** The contract method: "track.propagate". */
	method: string;
	/** For people: "Carry dog 1". */
	name: string;
	/** Work that no project owns: it goes on while projects are closed and opened. */
	outlivesProject?: boolean;
	/**
	 * The work. Cancelled work may return what it kept; that is the job's result then. Where it throws instead, the job
	 * has none.
	 */
	run: (job: JobHandle) => Promise<T>;
};

type Entry = {
	info: JobInfo;
	controller: AbortController;
	ended: Promise<void>;
	outlivesProject: boolean;
	/** Progress that is not announced yet. */
	announcing?: NodeJS.Timeout | undefined;
};

export interface Jobs {
	start<T>(start: JobStart<T>): { jobId: number };
	list(): JobInfo[];
	cancel(jobId: number): void;
	/** Cancels the project's jobs and waits until they have stopped. */
	stopOfProject(): Promise<void>;
	/** Cancels everything and waits until it has stopped. */
	stopAll(): Promise<void>;
}

type Emit = <E extends 'job.progress' | 'job.done'>(event: E, payload: Events[E]) => void;

/** Long work: progress, cancel, warnings, and an end that is announced exactly once. */
export function createJobs(deps: {
	emit: Emit;
	now: () => number;
	onInternalError: (error: unknown, method: string) => void;
}): Jobs {
	const entries = new Map<number, Entry>();
	let nextJobId = 1;

	function start<T>(options: JobStart<T>): { jobId: number } {
		const jobId = nextJobId++;
		const controller = new AbortController();
		const info: JobInfo = {
			jobId,
			method: options.method,
			name: options.name,
			state: 'running',
			doneCount: 0,
			totalCount: null,
			note: null,
			startedAtMillis: deps.now(),
			warnings: [],
		};
		const { outlivesProject = false } = options;
		const entry: Entry = { info, controller, ended: Promise.resolve(), outlivesProject };
		entries.set(jobId, entry);
		let announcedAtMillis = -Infinity;
		const announce = (): void => {
			clearTimeout(entry.announcing);
			entry.announcing = undefined;
			announcedAtMillis = deps.now();
			deps.emit('job.progress', entry.info);
		};
		const handle: JobHandle = {
			jobId,
			signal: controller.signal,
			progress: (doneCount, totalCount, note) => {
				entry.info = { ...entry.info, doneCount, totalCount, note: note ?? entry.info.note };
				const waitMillis = announcedAtMillis + PROGRESS_INTERVAL_MILLIS - deps.now();
				if (waitMillis <= 0 || doneCount === totalCount) {
					announce();
				} else {
					// Work that halts now is seen where it halted, not where it was when it was last told of.
					entry.announcing ??= setTimeout(announce, waitMillis);
				}
			},
			warn: (sentence) => {
				entry.info = { ...entry.info, warnings: [...entry.info.warnings, sentence] };
			},
		};
		// The call that started the job returns its id before any of the job's events.
		entry.ended = new Promise<void>((resolve) => setImmediate(resolve)).then(() => settle(entry, options, handle));
		return { jobId };
	}

	async function settle<T>(entry: Entry, options: JobStart<T>, handle: JobHandle): Promise<void> {
		try {
			deps.emit('job.progress', entry.info);
			const result = await options.run(handle);
			end(entry, { state: handle.signal.aborted ? 'cancelled' : 'done', result, error: null });
		} catch (error) {
			if (handle.signal.aborted) {
				end(entry, { state: 'cancelled', result: null, error: null });
			} else {
				if (!isStudioError(error)) {
					deps.onInternalError(error, options.method);
				}
				end(entry, { state: 'failed', result: null, error: asStudioError(error) });
			}
		}
	}

	function end(
		entry: Entry,
		ending: { state: 'done' | 'cancelled' | 'failed'; result: unknown; error: StudioError | null },
	): void {
		entry.info = { ...entry.info, state: ending.state };
		clearTimeout(entry.announcing);
		const { error } = ending;
		deps.emit('job.done', {
			job: entry.info,
			result: ending.result,
			error: error && { code: error.code, message: error.message, data: error.data },
		});
		const ended = [...entries.values()].filter((other) => isEnded(other.info));
		for (const old of ended.slice(0, Math.max(0, ended.length - ENDED_KEPT))) {
			entries.delete(old.info.jobId);
		}
	}

	return {
		start,
		list: () => [...entries.values()].map((entry) => entry.info),
		cancel: (jobId) => entries.get(jobId)?.controller.abort(new StudioError('request.cancelled')),
		stopOfProject: () => stop([...entries.values()].filter((entry) => !entry.outlivesProject)),
		stopAll: () => stop([...entries.values()]),
	};
}

async function stop(entries: readonly Entry[]): Promise<void> {
	for (const entry of entries) {
		entry.controller.abort(new StudioError('request.cancelled'));
	}
	await Promise.all(entries.map((entry) => entry.ended));
}

function isEnded(info: JobInfo): boolean {
	return info.state !== 'queued' && info.state !== 'running';
}

function asStudioError(error: unknown): StudioError {
	if (isStudioError(error)) {
		return error;
	}
	return new StudioError('request.internal', { reason: error instanceof Error ? error.message : String(error) });
}
