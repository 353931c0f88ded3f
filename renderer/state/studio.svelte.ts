import type { Events } from '../../preload/contract/events.ts';
import type { HistoryState } from '../../preload/contract/history.ts';
import type { InputOf, ResultOf, Contract } from '../../preload/contract/index.ts';
import type { RecentProject, ProjectInfo } from '../../preload/contract/project.ts';
import type { ConnectedClient } from '../../preload/rpc/client.ts';
import { Connection, type OpenChannel } from './connection.svelte.ts';
import type { DialogRequest } from './dialogs.ts';
import { Jobs } from './jobs.svelte.ts';
import { Messages } from './messages.svelte.ts';
import { ModelShelf } from './model-shelf.svelte.ts';
import { OpenVideo } from './open-video.svelte.ts';
import { Preferences, type Storage } from './preferences.svelte.ts';
import { ProjectState } from './project-state.svelte.ts';
import { ViewState } from './view.svelte.ts';

export type HostInfo = ResultOf<Contract['host']['info']>;
type Propagation = InputOf<Contract['track']['propagate']>;

const noHistory: HistoryState = { revision: 0, canUndo: false, canRedo: false, undoName: null, redoName: null };

/** The whole studio's state. What is kept is the service's; this is what shows of it. */
export class Studio {
	readonly messages = new Messages();
	readonly jobs = new Jobs();
	readonly view = new ViewState();
	/** What the models page shows. */
	readonly shelf = new ModelShelf({ client: () => this.client, jobs: this.jobs });
	readonly preferences: Preferences;
	readonly connection: Connection;
	host = $state.raw<HostInfo | null>(null);
	recents = $state.raw<readonly RecentProject[]>([]);
	project = $state.raw<ProjectState | null>(null);
	video = $state.raw<OpenVideo | null>(null);
	history = $state.raw<HistoryState>(noHistory);
	dialog = $state.raw<DialogRequest | null>(null);
	/** The first answer of the service is there: hub or studio can be shown. */
	isReady = $state(false);
	/** A project is being opened or a video read. */
	isOpening = $state(false);
	#openingVideoId: number | null = null;
	#entering: { path: string; done: Promise<void> } | null = null;

	constructor(options: { openChannel: OpenChannel; storage: Storage }) {
		this.preferences = new Preferences(options.storage);
		this.connection = new Connection({
			openChannel: options.openChannel,
			onOpen: (client) => this.#connected(client),
			onLost: () => this.jobs.lost(),
		});
	}

	get client(): ConnectedClient {
		return this.connection.client;
	}

	isReadOnly = $derived(this.project?.info.isReadOnly ?? false);

	/** Shows a project that the service has opened. The news of it and the answer to opening it come in any order. */
	async enterProject(info: ProjectInfo): Promise<void> {
		if (this.#entering?.path !== info.path) {
			this.#entering = { path: info.path, done: this.#enter(info) };
		}
		const { done } = this.#entering;
		try {
			await done;
		} finally {
			if (this.#entering?.done === done) {
				this.#entering = null;
			}
		}
	}

	async #enter(info: ProjectInfo): Promise<void> {
		if (this.project?.info.path === info.path) {
			this.project.info = info;
			return;
		}
		const project = new ProjectState(info, () => this.client);
		await project.refresh();
		this.history = await this.client.history.state();
		this.video = null;
		this.project = project;
		await this.#openSome();
	}

	/** The video that was open last, else the first. */
	async #openSome(): Promise<void> {
		const { project } = this;
		if (project && !this.video) {
			const wanted = this.preferences.viewOf(project.info.path).videoId;
			const video = project.videos.find(({ videoId }) => videoId === wanted) ?? project.videos[0];
			if (video) {
				await this.openVideo(video.videoId);
			}
		}
	}

	leaveProject(): void {
		this.project = null;
		this.video = null;
		this.history = noHistory;
	}

	/** Puts a video on the stage, where it was left. */
	async openVideo(videoId: number): Promise<void> {
		const info = this.project?.videos.find((video) => video.videoId === videoId);
		if (!info || !this.project || this.video?.videoId === videoId || this.#openingVideoId === videoId) {
			return;
		}
		this.#openingVideoId = videoId;
		let isNewest = false;
		const deps = { client: () => this.client, report: (error: unknown) => this.messages.report(error) };
		const video = await OpenVideo.open(info, deps).finally(() => {
			isNewest = this.#openingVideoId === videoId;
			this.#openingVideoId = isNewest ? null : this.#openingVideoId;
		});
		if (!isNewest || !this.project) {
			return;
		}
		const view = this.preferences.viewOf(this.project.info.path);
		video.frameIndex = Math.min(info.frameCount - 1, view.frames[videoId] ?? 0);
		video.range = view.ranges[videoId] ?? null;
		const track = view.tracks[videoId];
		video.select(video.tracks.find(({ trackId }) => trackId === track)?.trackId ?? null);
		this.video = video;
		this.preferences.setView(this.project.info.path, { ...view, videoId });
	}

	/** Keeps where the person is, for a reload. */
	rememberView(): void {
		const { project, video } = this;
		if (!project || !video) {
			return;
		}
		const view = this.preferences.viewOf(project.info.path);
		this.preferences.setView(project.info.path, {
			videoId: video.videoId,
			frames: { ...view.frames, [video.videoId]: video.frameIndex },
			tracks: { ...view.tracks, [video.videoId]: video.selectedTrackId },
			ranges: { ...view.ranges, [video.videoId]: video.range },
		});
	}

	/** Carries objects, live on the timeline, and tells how it ended. */
	async propagate(run: Propagation): Promise<void> {
		const { video } = this;
		if (!video) {
			return;
		}
		let jobId: number | null = null;
		try {
			const result = await this.jobs.result<ResultOf<Contract['track']['propagate']>>(
				this.client.track.propagate(run),
				(started) => {
					jobId = started;
					const whole = { from: 0, to: video.info.frameCount };
					const { trackIds = null, range = whole, direction = 'both' } = run;
					video.runStarted({ jobId, trackIds, range, direction });
				},
			);
			const parts = [`${result.frameCount} frames carried`];
			if (result.absentCount > 0) {
				parts.push(`absent on ${result.absentCount}`);
			}
			if (result.uncertainCount > 0) {
				parts.push(`${result.uncertainCount} to look at (U goes there)`);
			}
			this.messages.say('good', parts.join(' · '));
		} catch (error) {
			this.messages.report(error);
		} finally {
			if (jobId !== null) {
				await video.runEnded(jobId).catch((error: unknown) => this.messages.report(error));
			}
		}
	}

	/** First, and again after a lost connection. */
	async #connected(client: ConnectedClient): Promise<void> {
		client.on('store.changed', (change) => void this.messages.attempt(() => this.#storeChanged(change)));
		client.on('project.changed', ({ project }) => void this.messages.attempt(() => this.#projectChanged(project)));
		client.on('models.changed', () => void this.messages.attempt(() => this.#modelsChanged()));
		client.on('job.progress', (job) => this.jobs.progressed(job));
		client.on('job.done', (done) => this.#jobDone(done));
		client.on('run.frames', (grown) => {
			if (grown.videoId === this.video?.videoId) {
				this.video.runGrew(grown);
			}
		});
		client.on('warning', ({ message }) => this.messages.say('warning', message));
		const [host, recents, project] = await Promise.all([
			client.host.info(),
			client.project.recent(),
			client.project.current(),
			this.jobs.refresh(client),
			this.shelf.refresh(),
		]);
		this.host = host;
		this.recents = recents;
		await this.#resume(project);
		this.isReady = true;
	}

	async #resume(project: ProjectInfo | null): Promise<void> {
		if (!project) {
			this.leaveProject();
		} else if (this.project?.info.path !== project.path) {
			await this.enterProject(project);
		} else {
			await Promise.all([this.project.refresh(), this.video?.refresh()]);
			this.history = await this.client.history.state();
		}
	}

	async #projectChanged(info: ProjectInfo | null): Promise<void> {
		if (info) {
			await this.enterProject(info);
		} else {
			this.leaveProject();
			this.recents = await this.client.project.recent();
		}
	}

	async #modelsChanged(): Promise<void> {
		await Promise.all([this.project?.refreshModels(), this.shelf.refresh()]);
	}

	async #storeChanged(change: Events['store.changed']): Promise<void> {
		const { project, video } = this;
		this.history = change.history;
		if (!project) {
			return;
		}
		if (change.scope === 'project') {
			await project.refreshLabels();
		} else if (change.scope === 'videos' || change.videoId === null) {
			await project.refreshVideos();
			if (video && !project.videos.some(({ videoId }) => videoId === video.videoId)) {
				this.video = null;
			}
			await this.#openSome();
		} else if (change.scope === 'tracks') {
			await project.refreshVideos();
		}
		if (this.video && (change.videoId === null || change.videoId === this.video.videoId)) {
			await this.video.changed(change);
		}
	}

	#jobDone(done: Events['job.done']): void {
		this.jobs.ended(done);
		if (this.project && done.job.method.startsWith('track.')) {
			void this.messages.attempt(async () => {
				// A run of another window, or of before a reload, ends here too.
				await this.video?.runEnded(done.job.jobId);
				await Promise.all([this.project?.refreshPasses(), this.#modelsChanged()]);
			});
		}
	}
}
