import { expect, test } from 'vitest';
import { createJobs, type JobHandle, type Jobs } from '../../main/services/job/jobs.ts';

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
