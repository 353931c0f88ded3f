import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import type { ServiceContext } from '../context.ts';

export function createJobService({ jobs }: ServiceContext): ServiceHandlers<'job'> {
	return {
		list: () => jobs.list(),
		cancel: ({ jobId }) => {
			jobs.cancel(jobId);
			return null;
		},
	};
}
