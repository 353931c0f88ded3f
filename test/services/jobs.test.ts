import { expect, test, vi } from 'vitest';
import { createJobs, type JobHandle, type Jobs } from '../../main/services/job/jobs.ts';
import type { JobInfo } from '../../preload/contract/job.ts';

/** Work that lasts until it is stopped. */
function start(jobs: Jobs, about: { name: string; outlivesProject?: boolean }): void {
	const run = ({ signal }: JobHandle): Promise<null> =>
		new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)));
	jobs.start({ method: 'test.wait', ...about, run });
}

test("closing a project stops its jobs and leaves the user's own; closing the services stops all", async () => {
	const jobs = createJobs({ emit: () => {}, now: () => 0, onInternalError: () => {} });
	const states = (): string[] => jobs.list().map((job) => `${job.name} ${job.state}`);
	start(jobs, { name: 'run' });
	start(jobs, { name: 'model', outlivesProject: true });
	await new Promise((resolve) => setImmediate(resolve));
	await jobs.stopOfProject();
	expect(states()).toEqual(['run cancelled', 'model running']);
	await jobs.stopAll();
	expect(states()).toEqual(['run cancelled', 'model cancelled']);
});

test('progress is told now and then, and where the work halts; nothing comes after the end', async () => {
	vi.useFakeTimers();
	try {
		const told: string[] = [];
		const emit = (_event: string, payload: object): void => {
			const job = 'job' in payload ? (payload.job as JobInfo) : (payload as JobInfo);
			told.push(`${job.state} ${job.doneCount}`);
		};
		const jobs = createJobs({ emit, now: () => Date.now(), onInternalError: () => {} });
		const { promise, resolve } = Promise.withResolvers<null>();
		let handle: JobHandle | undefined;
		jobs.start({ method: 'test.steps', name: 'steps', run: (job) => ((handle = job), promise) });
		await vi.advanceTimersByTimeAsync(0);
		[1, 2, 3].forEach((step) => handle!.progress(step, 10));
		expect(told).toEqual(['running 0', 'running 1']);
		await vi.advanceTimersByTimeAsync(5_000);
		expect(told.slice(2)).toEqual(['running 3']);
		handle!.progress(4, 10);
		handle!.progress(5, 10);
		resolve(null);
		await vi.advanceTimersByTimeAsync(5_000);
		expect(told.slice(3)).toEqual(['running 4', 'done 5']);
	} finally {
		vi.useRealTimers();
	}
});
