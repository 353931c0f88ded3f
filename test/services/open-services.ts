import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeServices } from '../../main/hosts/shared/node-services.ts';
import { findProduct } from '../../main/hosts/shared/product.ts';
import type { Services } from '../../main/services/index.ts';
import type { Events } from '../../preload/contract/events.ts';
import { type ConnectedClient, createClient } from '../../preload/rpc/client.ts';
import { inProcessChannels } from '../../preload/rpc/in-process-channel.ts';
import { serveContract } from '../../preload/rpc/server.ts';
import { errorFromWire } from '../../preload/rpc/wire-error.ts';
import { builtDecoderPage } from '../media/decoder-page.ts';

export type OpenServices = {
	client: ConnectedClient;
	services: Services;
	folder: string;
	samplePath: string;
	/** Starts a job and waits for its end. */
	run: <T>(start: () => Promise<{ jobId: number }>) => Promise<{ result: T; state: string }>;
	/** Waits for an event that fits. */
	next: <E extends keyof Events>(name: E, fits: (payload: Events[E]) => boolean) => Promise<Events[E]>;
	close: () => Promise<void>;
};

/** The real services in this process: real decoder, real inference process, a folder of their own. */
export async function openServices(
	options: {
		folder?: string;
		inferenceEntry?: string;
		inferenceSilenceMillis?: number;
		measureStepLimitMillis?: number;
		measuresNewModels?: boolean;
		frameCacheBytes?: number;
	} = {},
): Promise<OpenServices> {
	const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'masklet-services-'));
	const found = findProduct();
	const inferenceEntry = options.inferenceEntry ?? found.inferenceEntry;
	const product = { ...found, inferenceEntry, rendererFolder: await builtDecoderPage() };
	const log = { error: console.error, warn: () => {}, info: () => {}, debug: () => {} };
	const { folder: _folder, inferenceEntry: _entry, ...limits } = options;
	const services = createNodeServices({
		...limits,
		host: {
			kind: 'cli',
			version: 'test',
			platform: process.platform,
			hasDialogs: false,
			hasDropPaths: true,
			documentsFolder: folder,
		},
		product,
		folders: { data: join(folder, 'data'), cache: join(tmpdir(), 'masklet-test-cache'), documents: folder },
		log,
	});
	const [near, far] = inProcessChannels();
	serveContract(far, services.handlers, { onEvent: services.onEvent, isStrict: true, onInternalError: console.error });
	const client = createClient(near);

	function next<E extends keyof Events>(name: E, fits: (payload: Events[E]) => boolean): Promise<Events[E]> {
		return new Promise((resolve) => {
			const stop = client.on(name, (payload) => {
				if (fits(payload)) {
					stop();
					resolve(payload);
				}
			});
		});
	}

	return {
		client,
		services,
		folder,
		samplePath: product.samplePath,
		next,
		run: async <T>(start: () => Promise<{ jobId: number }>) => {
			const done: Events['job.done'][] = [];
			const stop = client.on('job.done', (event) => done.push(event));
			const { jobId } = await start();
			const ended =
				done.find((event) => event.job.jobId === jobId) ??
				(await next('job.done', (event) => event.job.jobId === jobId));
			stop();
			if (ended.error) {
				throw errorFromWire(ended.error);
			}
			return { result: ended.result as T, state: ended.job.state };
		},
		close: async () => {
			await services.close();
			client.close();
			if (options.folder === undefined) {
				rmSync(folder, { recursive: true, force: true });
			}
		},
	};
}
