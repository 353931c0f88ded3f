import type { ModelInfo } from '../../preload/contract/model.ts';
import type { Label, ProjectInfo } from '../../preload/contract/project.ts';
import type { Pass } from '../../preload/contract/track.ts';
import type { VideoInfo } from '../../preload/contract/video.ts';
import type { ConnectedClient } from '../../preload/rpc/client.ts';

/** The open project: its videos, labels, and passes that wait for a decision. */
export class ProjectState {
	info = $state.raw<ProjectInfo>() as ProjectInfo;
	videos = $state.raw<readonly VideoInfo[]>([]);
	labels = $state.raw<readonly Label[]>([]);
	models = $state.raw<readonly ModelInfo[]>([]);
	passes = $state.raw<readonly Pass[]>([]);
	readonly #client: () => ConnectedClient;

	constructor(info: ProjectInfo, client: () => ConnectedClient) {
		this.info = info;
		this.#client = client;
	}

	async refresh(): Promise<void> {
		const client = this.#client();
		[this.videos, this.labels, this.models, this.passes] = await Promise.all([
			client.video.list(),
			client.project.labels(),
			client.model.list(),
			client.track.interruptedPasses(),
		]);
	}

	async refreshVideos(): Promise<void> {
		this.videos = await this.#client().video.list();
	}

	async refreshLabels(): Promise<void> {
		this.labels = await this.#client().project.labels();
	}

	async refreshPasses(): Promise<void> {
		this.passes = await this.#client().track.interruptedPasses();
	}

	async refreshModels(): Promise<void> {
		this.models = await this.#client().model.list();
	}

	labelOf(labelId: number | null): Label | null {
		return this.labels.find((label) => label.labelId === labelId) ?? null;
	}

	model = $derived(this.models.find(({ modelId }) => modelId === this.info.modelId) ?? this.models[0] ?? null);
}
