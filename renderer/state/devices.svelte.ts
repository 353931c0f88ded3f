import type { DeviceId } from '../../preload/common/device.ts';
import type { DeviceList } from '../../preload/contract/device.ts';
import type { ModelInfo } from '../../preload/contract/model.ts';
import type { ConnectedClient } from '../../preload/rpc/client.ts';
import type { Jobs } from './jobs.svelte.ts';

/** The devices of this machine for one model. */
export class Devices {
	list = $state.raw<DeviceList | null>(null);
	models = $state.raw<readonly ModelInfo[]>([]);
	readonly #client: () => ConnectedClient;
	readonly #jobs: Jobs;

	constructor(deps: { client: () => ConnectedClient; jobs: Jobs }) {
		this.#client = deps.client;
		this.#jobs = deps.jobs;
	}

	/** The measurement or the download that is under way, of this window or another. */
	get job() {
		return (
			this.#jobs.running.find(({ method }) => method === 'device.measure' || method === 'device.addNvidia') ?? null
		);
	}

	/** Reads what shows; of the project's model where none is named or was shown. */
	async refresh(modelId: string | undefined = this.list?.modelId): Promise<void> {
		const client = this.#client();
		this.models = await client.model.list();
		const isKnown = this.models.some((model) => model.modelId === modelId);
		this.list = await client.device.list(modelId !== undefined && isKnown ? { modelId } : {});
	}

	async measure(): Promise<void> {
		const modelId = this.list?.modelId;
		try {
			await this.#jobs.result(this.#client().device.measure(modelId === undefined ? {} : { modelId }));
		} finally {
			await this.refresh();
		}
	}

	async choose(deviceId: DeviceId | null): Promise<void> {
		await this.#client().device.choose({ deviceId });
		await this.refresh();
	}

	async addNvidia(): Promise<void> {
		try {
			await this.#jobs.result(this.#client().device.addNvidia());
		} finally {
			await this.refresh();
		}
	}

	async removeNvidia(): Promise<void> {
		await this.#client().device.removeNvidia();
		await this.refresh();
	}

	async cancel(): Promise<void> {
		if (this.job) {
			await this.#client().job.cancel({ jobId: this.job.jobId });
		}
	}
}
