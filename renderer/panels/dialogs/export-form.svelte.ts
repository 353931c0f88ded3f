import type { ExportFormat, ExportOptions } from '../../../preload/contract/export.ts';
import type { Contract, ResultOf } from '../../../preload/contract/index.ts';
import type { Studio } from '../../state/studio.svelte.ts';

type Plan = ResultOf<Contract['export']['plan']>;
type Written = ResultOf<Contract['export']['start']>;

const restMillis = 200;

/** What the export dialog asks, the plan that follows from it, and the export itself. */
export class ExportForm {
	format = $state<ExportFormat>('sav');
	folder = $state('');
	every = $state(1);
	frames = $state<'none' | 'jpg' | 'png'>('none');
	isThisVideo = $state(false);
	isRange = $state(false);
	isStrict = $state(false);
	isForced = $state(false);
	plan = $state.raw<Plan | null>(null);
	problem = $state<string | null>(null);
	isBusy = $state(false);
	jobId = $state<number | null>(null);
	result = $state.raw<Written | null>(null);
	readonly #studio: Studio;

	constructor(studio: Studio) {
		this.#studio = studio;
		this.folder = studio.preferences.values.exportFolder ?? studio.host?.documentsFolder ?? '';
		$effect(() => {
			const options = this.#options();
			if (this.result || this.isBusy) {
				return;
			}
			const timer = setTimeout(() => void this.#look(options), restMillis);
			return () => clearTimeout(timer);
		});
	}

	get canStart(): boolean {
		const isBlocked = !this.isForced && (this.plan?.files.some(({ isThere }) => isThere) ?? false);
		return this.plan !== null && this.plan.files.length > 0 && this.problem === null && !isBlocked;
	}

	async start(): Promise<void> {
		const { client, jobs, preferences } = this.#studio;
		this.isBusy = true;
		this.problem = null;
		try {
			const started = client.export.start(this.#options());
			this.result = await jobs.result<Written>(started, (jobId) => (this.jobId = jobId));
			preferences.set({ exportFolder: this.folder });
			preferences.sawHint('export');
		} catch (error) {
			this.problem = error instanceof Error ? error.message : String(error);
		} finally {
			this.isBusy = false;
			this.jobId = null;
		}
	}

	async cancel(): Promise<void> {
		const { jobId } = this;
		if (jobId !== null) {
			await this.#studio.messages.attempt(() => this.#studio.client.job.cancel({ jobId }));
		}
	}

	async reveal(): Promise<void> {
		const path = this.result?.files[0];
		if (path !== undefined) {
			await this.#studio.messages.attempt(() => this.#studio.client.host.reveal({ path }));
		}
	}

	#options(): ExportOptions {
		const { video } = this.#studio;
		return {
			format: this.format,
			folder: this.folder.trim(),
			every: Math.max(1, Math.round(this.every || 1)),
			frames: this.frames,
			isForced: this.isForced,
			isStrict: this.isStrict,
			...(this.isThisVideo && video ? { videoIds: [video.videoId] } : {}),
			...(this.isRange && video?.range ? { range: video.range } : {}),
		};
	}

	async #look(options: ExportOptions): Promise<void> {
		if (options.folder === '') {
			this.plan = null;
			this.problem = 'Choose a folder to write into';
			return;
		}
		try {
			this.plan = await this.#studio.client.export.plan(options);
			this.problem = null;
		} catch (error) {
			this.plan = null;
			this.problem = error instanceof Error ? error.message : String(error);
		}
	}
}
