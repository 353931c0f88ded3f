import type { ModelInfo, ModelLibraryInfo } from '../../preload/contract/model.ts';
import type { ConnectedClient } from '../../preload/rpc/client.ts';
import type { Jobs } from './jobs.svelte.ts';

/** The models page's view of the library: read when the page opens and when it is told that something changed. */
export class ModelShelf {
	library = $state.raw<ModelLibraryInfo | null>(null);
	isOpen = $state(false);
	/** Why the library could not be read. */
	problem = $state<string | null>(null);
	/** Why the last attempt to fetch a checkpoint ended, by its id. */
	failures = $state.raw<Readonly<Record<string, string>>>({});
	readonly #measured = new Set<string>();
	readonly #client: () => ConnectedClient;
	readonly #jobs: Jobs;

	constructor(deps: { client: () => ConnectedClient; jobs: Jobs }) {
		this.#client = deps.client;
		this.#jobs = deps.jobs;
	}

	async open(): Promise<void> {
		this.isOpen = true;
		await this.refresh();
		await this.#measureUnknown();
	}

	close(): void {
		this.isOpen = false;
	}

	/** Reads what shows; nothing while the page is closed. What goes wrong is told on the page. */
	async refresh(): Promise<void> {
		if (!this.isOpen) {
			return;
		}
		try {
			this.library = await this.#client().model.library();
			this.problem = null;
		} catch (error) {
			this.problem = error instanceof Error ? error.message : String(error);
		}
	}

	/** Fetches an official checkpoint. Null where it was cancelled or failed, which its row tells. */
	async get(catalogueId: string): Promise<ModelInfo | null> {
		this.#setFailure(catalogueId, null);
		try {
			return await this.#jobs.result<ModelInfo>(this.#client().model.get({ catalogueId }));
		} catch (error) {
			const { code, message } = error as Error & { code?: string };
			if (code !== 'request.cancelled' && code !== 'request.closed') {
				this.#setFailure(catalogueId, message);
			}
			return null;
		}
	}

	async dropDownload(catalogueId?: string): Promise<number> {
		const { freedBytes } = await this.#client().model.dropDownload(catalogueId === undefined ? {} : { catalogueId });
		this.failures = {};
		return freedBytes;
	}

	/** Models that have no time here yet are measured in the background, each once while this window is open. */
	async #measureUnknown(): Promise<void> {
		for (const { modelId, millisPerFrame, needsWeights } of this.library?.models ?? []) {
			if (millisPerFrame === null && !needsWeights && !this.#measured.has(modelId)) {
				this.#measured.add(modelId);
				await this.#client().device.measure({ modelId });
			}
		}
	}

	#setFailure(catalogueId: string, message: string | null): void {
		const others = Object.entries(this.failures).filter(([id]) => id !== catalogueId);
		this.failures = Object.fromEntries(message === null ? others : [...others, [catalogueId, message]]);
	}
}
