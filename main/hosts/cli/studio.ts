import type { Services } from '../../services/index.ts';
import { inProcessChannels } from '../../../preload/rpc/in-process-channel.ts';
import { type ConnectedClient, createClient } from '../../../preload/rpc/client.ts';
import { serveContract } from '../../../preload/rpc/server.ts';
import { type JobOutcome, runJob } from './run-job.ts';
import { exitCodes, type Output } from './output.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';

/** What a command works with: the same contract as the studio's window, and a signal that Ctrl-C aborts. */
export type Studio = {
	client: ConnectedClient;
	services: Services;
	signal: AbortSignal;
	output: Output;
	/**
	 * Runs a job with its progress bar; its warnings are said. `isAfterCancel`: the job keeps what an interrupted one
	 * did, so that interrupt does not stop it.
	 */
	run: <T>(start: () => Promise<{ jobId: number }>, options?: { isAfterCancel?: boolean }) => Promise<JobOutcome<T>>;
};

/** The first Ctrl-C asks the work to stop and keep what is done, the second ends the process. */
export async function withInterrupt(output: Output, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
	const controller = new AbortController();
	const interrupt = (): void => {
		if (controller.signal.aborted) {
			process.exit(exitCodes.cancelled);
		}
		output.note('Stopping; what is done is kept. Press Ctrl-C again to quit at once');
		controller.abort(new StudioError('request.cancelled'));
	};
	process.on('SIGINT', interrupt);
	process.on('SIGTERM', interrupt);
	try {
		await work(controller.signal);
	} finally {
		process.off('SIGINT', interrupt);
		process.off('SIGTERM', interrupt);
	}
}

/** Opens the services in this process, runs the work and closes them again, whatever happened. */
export async function withStudio(
	options: { output: Output; signal: AbortSignal; createServices: () => Services },
	work: (studio: Studio) => Promise<void>,
): Promise<void> {
	const { output, signal } = options;
	const services = options.createServices();
	const [near, far] = inProcessChannels();
	serveContract(far, services.handlers, {
		onEvent: services.onEvent,
		onInternalError: (method, error) => {
			process.stderr.write(`${method}: ${error instanceof Error ? error.stack : String(error)}\n`);
		},
	});
	const client = createClient(near);
	client.on('warning', (warning) => output.warn(warning.message));
	try {
		await work({
			client,
			services,
			signal,
			output,
			run: async (start, runOptions) => {
				const outcome = await runJob<never>(client, start, {
					signal: runOptions?.isAfterCancel ? new AbortController().signal : signal,
					isQuiet: output.isJson,
				});
				outcome.warnings.forEach(output.warn);
				return outcome;
			},
		});
	} finally {
		await services.close();
		client.close();
	}
}
