import { expect, test } from 'vitest';
import type { ModelLibraryInfo } from '../../../preload/contract/model.ts';
import type { ConnectedClient } from '../../../preload/rpc/client.ts';
import { Jobs } from '../../../renderer/state/jobs.svelte.ts';
import { ModelShelf } from '../../../renderer/state/model-shelf.svelte.ts';

test('the shelf reads while its page is open, and keeps why a checkpoint did not come until it is tried again', async () => {
	let reads = 0;
	let error: Error | null = null;
	const library = { models: [] } as unknown as ModelLibraryInfo;
	const jobs = new Jobs();
	const client = {
		model: {
			library: async () => {
				reads++;
				if (error) {
					throw error;
				}
				return library;
			},
			get: async () => ({ jobId: reads }),
			dropDownload: async () => ({ freedBytes: 5 }),
		},
	} as unknown as ConnectedClient;
	const shelf = new ModelShelf({ client: () => client, jobs });

	await shelf.refresh();
	expect([reads, shelf.library]).toEqual([0, null]);
	await shelf.open();
	expect([reads, shelf.library]).toEqual([1, library]);
	error = new Error('The list cannot be read');
	await shelf.refresh();
	expect(shelf.problem).toBe('The list cannot be read');
	error = null;
	await shelf.refresh();
	expect(shelf.problem).toBeNull();
	shelf.close();
	await shelf.refresh();
	expect(reads).toBe(3);

	const end = (state: 'failed' | 'cancelled', message: string | null): void =>
		jobs.ended({
			job: { jobId: 3, method: 'model.get', state } as never,
			result: null,
			error: message === null ? null : { code: 'model.refused', message, data: null },
		});
	end('failed', 'It answers 404');
	expect(await shelf.get('sam2.1-tiny')).toBeNull();
	expect(shelf.failures).toEqual({ 'sam2.1-tiny': 'It answers 404' });
	// Cancelling is no failure.
	end('cancelled', null);
	expect(await shelf.get('sam2.1-tiny')).toBeNull();
	expect(shelf.failures).toEqual({});
	end('failed', 'It answers 404');
	await shelf.get('sam2.1-tiny');
	expect(await shelf.dropDownload('sam2.1-tiny')).toBe(5);
	expect(shelf.failures).toEqual({});
});
