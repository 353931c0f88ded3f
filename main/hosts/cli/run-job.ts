import cliProgress from 'cli-progress';
import type { JobInfo } from '../../../preload/contract/job.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { ConnectedClient } from '../../../preload/rpc/client.ts';
import { errorFromWire, type WireError } from '../../../preload/rpc/wire-error.ts';

export type JobOutcome<T> = { result: T; isCancelled: boolean; warnings: string[] };

/**
 * Starts a job, draws its progress on standard error, and waits for its end. Aborting `signal` cancels the job, which
 * keeps what is done: the outcome then carries that part.
 *
 * @throws the job's own error
 */
export async function runJob<T>(
	client: ConnectedClient,
	start: () => Promise<{ jobId: number }>,
	options: { signal: AbortSignal; isQuiet: boolean },
): Promise<JobOutcome<T>> {
	let jobId: number | null = null;
	const bar = options.isQuiet ? null : createBar();
	const early: { job: JobInfo; result: unknown; error: WireError | null }[] = [];
	const { promise, resolve, reject } = Promise.withResolvers<JobOutcome<T>>();
	const finish = (done: (typeof early)[number]): void => {
		if (done.error) {
			reject(errorFromWire(done.error));
		} else {
			resolve({
				result: done.result as T,
				isCancelled: done.job.state === 'cancelled',
				warnings: done.job.warnings,
			});
		}
	};
	const stops = [
		client.on('job.progress', (info) => {
			if (info.jobId === jobId) {
				bar?.update(info);
			}
		}),
		client.on('job.done', (done) => {
			if (jobId === null) {
				early.push(done);
			} else if (done.job.jobId === jobId) {
				finish(done);
			}
		}),
		client.onClose(() => reject(new StudioError('request.closed'))),
	];
	const cancel = (): void => {
		if (jobId !== null) {
			void client.job.cancel({ jobId });
		}
	};
	try {
		({ jobId } = await start());
		early.filter((done) => done.job.jobId === jobId).forEach(finish);
		options.signal.addEventListener('abort', cancel, { once: true });
		if (options.signal.aborted) {
			cancel();
		}
		return await promise;
	} finally {
		options.signal.removeEventListener('abort', cancel);
		stops.forEach((stop) => stop());
		bar?.stop();
	}
}

/** A bar once the amount is known; on a pipe cli-progress prints plain lines now and then. */
function createBar(): { update: (info: JobInfo) => void; stop: () => void } {
	let bar: cliProgress.SingleBar | null = null;
	return {
		update: (info) => {
			if (info.totalCount === null || info.totalCount === 0) {
				return;
			}
			if (!bar) {
				bar = new cliProgress.SingleBar(
					{
						format: `${info.name} [{bar}] {percentage}% ${formatOf(info, info.totalCount)}`,
						stream: process.stderr,
						hideCursor: true,
						clearOnComplete: false,
						noTTYOutput: true,
						notTTYSchedule: 5_000,
					},
					cliProgress.Presets.shades_classic,
				);
				bar.start(info.totalCount, 0, { note: '' });
			}
			bar.setTotal(info.totalCount);
			bar.update(info.doneCount, { note: info.note ?? '' });
		},
		stop: () => bar?.stop(),
	};
}

/** A download tells bytes, rate and time in its note. */
function formatOf({ method }: JobInfo, totalCount: number): string {
	if (method === 'model.get') {
		return '{note}';
	}
	return `{value}/{total} ${totalCount < 20 ? '{note}' : '{note} {eta_formatted} left'}`;
}
