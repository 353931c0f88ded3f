import type { Rle } from '../../preload/common/rle.ts';
import type { Events } from '../../preload/contract/events.ts';
import type { Direction, Lane, Track, WirePrompt } from '../../preload/contract/track.ts';
import type { VideoInfo } from '../../preload/contract/video.ts';
import type { FrameRange } from '../../preload/contract/define.ts';
import type { ConnectedClient } from '../../preload/rpc/client.ts';
import { FrameMasks } from './frame-masks.svelte.ts';
import { emptyLane, patchLane, type LaneData } from './lane.ts';

/** A prompt that was just given and that the service has not recorded yet; `trackId` null: of an object to come. */
export type Draft = { key: number; trackId: number | null; frameIndex: number; prompt: WirePrompt };

/** A run on this video, from its start to its end. */
export type LiveRun = {
	jobId: number;
	trackIds: readonly number[] | null;
	range: FrameRange;
	direction: Direction;
	/** By track, the lane as it grows and the frames that the run has written, newest last. */
	lanes: ReadonlyMap<number, { lane: LaneData; reached: Uint8Array; newest: number }>;
};

type Deps = { client: () => ConnectedClient; report: (error: unknown) => void };

/** The video on the stage: its facts, tracks, lanes, masks, playhead and selection. */
export class OpenVideo {
	readonly videoId: number;
	readonly masks: FrameMasks;
	info = $state.raw<VideoInfo>() as VideoInfo;
	ptsSeconds = $state.raw<Float64Array>(new Float64Array());
	tracks = $state.raw<readonly Track[]>([]);
	lanes = $state.raw<ReadonlyMap<number, Lane>>(new Map());
	runs = $state.raw<readonly LiveRun[]>([]);
	drafts = $state.raw<readonly Draft[]>([]);
	frameIndex = $state(0);
	isPlaying = $state(false);
	isScrubbing = $state(false);
	/** In and out; null is the whole video. */
	range = $state.raw<FrameRange | null>(null);
	selectedTrackId = $state<number | null>(null);
	selectedPromptId = $state<number | null>(null);
	soloTrackId = $state<number | null>(null);
	/** A mask that a prompt under the pointer would give. */
	hover = $state.raw<{ frameIndex: number; rle: Rle } | null>(null);
	readonly #deps: Deps;

	private constructor(info: VideoInfo, deps: Deps) {
		this.videoId = info.videoId;
		this.info = info;
		this.#deps = deps;
		this.masks = new FrameMasks({
			size: info,
			fetch: (frameIndex) => deps.client().track.frame({ videoId: info.videoId, frameIndex }),
			report: deps.report,
		});
	}

	static async open(info: VideoInfo, deps: Deps): Promise<OpenVideo> {
		const video = new OpenVideo(info, deps);
		await video.refresh();
		return video;
	}

	selectedTrack = $derived(this.tracks.find(({ trackId }) => trackId === this.selectedTrackId) ?? null);
	/** First frame's time is 0 for people, whatever the container says. */
	timeSeconds = $derived((this.ptsSeconds[this.frameIndex] ?? 0) - (this.ptsSeconds[0] ?? 0));

	/** Reads everything anew: at opening and after a lost connection. */
	async refresh(): Promise<void> {
		const { videoId } = this;
		const client = this.#deps.client();
		const [info, index, tracks] = await Promise.all([
			client.video.get({ videoId }),
			client.video.index({ videoId }),
			client.track.list({ videoId }),
		]);
		this.info = info;
		this.ptsSeconds = index.ptsSeconds;
		this.runs = [];
		this.#setTracks(tracks);
		const lanes = await Promise.all(tracks.map(({ trackId }) => client.track.lane({ trackId })));
		this.lanes = new Map(lanes.map((lane) => [lane.trackId, lane]));
		this.masks.invalidate({ first: -1, last: -1, shown: this.frameIndex });
	}

	/** The lane as it is now, a run's frames included. */
	laneOf(trackId: number): LaneData {
		const live = this.runs.map((run) => run.lanes.get(trackId)).find((lane) => lane !== undefined);
		return live?.lane ?? this.lanes.get(trackId) ?? emptyLane(this.info.frameCount);
	}

	runOf(trackId: number): LiveRun | null {
		return this.runs.find((run) => run.lanes.has(trackId) || run.trackIds?.includes(trackId)) ?? null;
	}

	seek(frameIndex: number): void {
		const frame = Math.min(this.info.frameCount - 1, Math.max(0, Math.round(frameIndex)));
		if (frame !== this.frameIndex) {
			this.frameIndex = frame;
			this.selectedPromptId = null;
			this.hover = null;
		}
	}

	select(trackId: number | null): void {
		if (trackId !== this.selectedTrackId) {
			this.selectedTrackId = trackId;
			this.selectedPromptId = null;
			this.hover = null;
		}
	}

	/** Shows a track that was just made, before the news of it arrives. */
	async addTrack(track: Track): Promise<void> {
		this.#setTracks([...this.tracks.filter(({ trackId }) => trackId !== track.trackId), track]);
		await this.#readLanes([track.trackId]);
	}

	/** Patches what a change of rows concerns. */
	async changed(change: Events['store.changed']): Promise<void> {
		const client = this.#deps.client();
		if (change.scope === 'tracks' || change.trackId === null) {
			this.#setTracks(await client.track.list({ videoId: this.videoId }));
		}
		const isKnown = change.trackId !== null && this.tracks.some(({ trackId }) => trackId === change.trackId);
		const touched = isKnown ? [change.trackId!] : this.tracks.map(({ trackId }) => trackId);
		if (change.scope === 'frames' || change.trackId === null || !this.lanes.has(change.trackId)) {
			await this.#readLanes(touched);
		}
		this.masks.invalidate({
			first: change.firstFrameIndex,
			last: change.lastFrameIndex,
			shown: this.frameIndex,
		});
	}

	runStarted(run: Omit<LiveRun, 'lanes'>): void {
		this.runs = [...this.runs.filter(({ jobId }) => jobId !== run.jobId), { ...run, lanes: new Map() }];
	}

	runGrew(grown: Events['run.frames']): void {
		const whole = { from: 0, to: this.info.frameCount };
		const run = this.runs.find(({ jobId }) => jobId === grown.jobId) ?? {
			jobId: grown.jobId,
			trackIds: null,
			range: whole,
			direction: 'both' as const,
			lanes: new Map(),
		};
		const known = run.lanes.get(grown.trackId);
		const reached = known?.reached.slice() ?? new Uint8Array(this.info.frameCount);
		grown.frameIndexes.forEach((frame) => (reached[frame] = 1));
		const lanes = new Map(run.lanes).set(grown.trackId, {
			lane: patchLane(known?.lane ?? this.laneOf(grown.trackId), grown),
			reached,
			newest: grown.frameIndexes.at(-1) ?? known?.newest ?? 0,
		});
		this.runs = [...this.runs.filter(({ jobId }) => jobId !== grown.jobId), { ...run, lanes }];
		for (const frame of grown.frameIndexes) {
			this.masks.invalidate({ first: frame, last: frame, shown: this.frameIndex });
		}
	}

	/** The run was published, dropped or cut off: the rows are the truth again. */
	async runEnded(jobId: number): Promise<void> {
		const run = this.runs.find((known) => known.jobId === jobId);
		if (run) {
			await this.#readLanes([...run.lanes.keys()]);
			this.runs = this.runs.filter((known) => known.jobId !== jobId);
			this.masks.invalidate({ first: -1, last: -1, shown: this.frameIndex });
		}
	}

	async #readLanes(trackIds: readonly number[]): Promise<void> {
		const client = this.#deps.client();
		const read = await Promise.all(trackIds.map((trackId) => client.track.lane({ trackId })));
		const isThere = new Set(this.tracks.map(({ trackId }) => trackId));
		const next = new Map(this.lanes);
		for (const lane of read) {
			// Answers may overtake each other.
			if ((next.get(lane.trackId)?.revision ?? -1) <= lane.revision) {
				next.set(lane.trackId, lane);
			}
		}
		this.lanes = new Map([...next].filter(([trackId]) => isThere.has(trackId)));
	}

	#setTracks(tracks: readonly Track[]): void {
		this.tracks = [...tracks].sort((a, b) => a.position - b.position || a.trackId - b.trackId);
		if (this.selectedTrackId !== null && !tracks.some(({ trackId }) => trackId === this.selectedTrackId)) {
			this.selectedTrackId = null;
		}
		if (this.soloTrackId !== null && !tracks.some(({ trackId }) => trackId === this.soloTrackId)) {
			this.soloTrackId = null;
		}
	}
}
