import type { Events } from '../../preload/contract/events.ts';
import type { JobInfo } from '../../preload/contract/job.ts';
import { StudioError } from '../../preload/common/studio-error.ts';
import type { ConnectedClient } from '../../preload/rpc/client.ts';

type Done = Events['job.done'];
type Waiting = { resolve: (done: Done) => void; reject: (error: unknown) => void };

/** Work that comes and goes with the pointer is not shown. */
const quietMethods = new Set(['segment.preview', 'segment.prepare', 'video.probe']);
const rememberedDone = 64;

/** What works in the background, and the way to wait for it. */
export class Jobs {
	list = $state.raw<readonly JobInfo[]>([]);
	running = $derived(
		this.list.filter(({ state, method }) => (state === 'running' || state === 'queued') && !quietMethods.has(method)),
	);
	readonly #waiting = new Map<number, Waiting>();
	/** Jobs may end before the call that started them has returned. */
	readonly #done = new Map<number, Done>();

	/** Waits for a started job and gives its result; `onStart` tells its id first. */
	async result<R>(start: Promise<{ jobId: number }>, onStart?: (jobId: number) => void): Promise<R> {
		const { jobId } = await start;
		onStart?.(jobId);
		const done = this.#done.get(jobId) ?? (await this.#ended(jobId));
		if (done.error) {
			throw errorFrom(done.error);
		}
		if (done.job.state === 'cancelled' && done.result === null) {
			throw new StudioError('request.cancelled');
		}
		return done.result as R;
	}

	async refresh(client: ConnectedClient): Promise<void> {
		this.list = await client.job.list();
	}

	progressed(job: JobInfo): void {
		const isKnown = this.list.some(({ jobId }) => jobId === job.jobId);
		this.list = isKnown ? this.list.map((known) => (known.jobId === job.jobId ? job : known)) : [job, ...this.list];
	}

	ended(done: Done): void {
		this.progressed(done.job);
		this.list = this.list.filter((job) => job.jobId === done.job.jobId || job.state !== 'done').slice(0, 50);
		this.#done.set(done.job.jobId, done);
		const oldest = this.#done.size > rememberedDone ? this.#done.keys().next().value : undefined;
		if (oldest !== undefined) {
			this.#done.delete(oldest);
		}
		this.#waiting.get(done.job.jobId)?.resolve(done);
		this.#waiting.delete(done.job.jobId);
	}

	/** The service is gone; what it was doing is told anew after the next connection. */
	lost(): void {
		for (const { reject } of this.#waiting.values()) {
			reject(new StudioError('request.closed'));
		}
		this.#waiting.clear();
		this.#done.clear();
		this.list = [];
	}

	#ended(jobId: number): Promise<Done> {
		return new Promise((resolve, reject) => this.#waiting.set(jobId, { resolve, reject }));
	}
}

function errorFrom(error: { code: string; message: string; data: unknown }): Error {
	return Object.assign(new Error(error.message), { code: error.code, data: error.data });
}
