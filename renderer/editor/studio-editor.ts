import type { Point, Size } from '../../preload/common/geometry.ts';
import { subtractRles, uniteRles } from '../../preload/common/mask-algebra.ts';
import { emptyRle, rleArea, rleToBytes, type Rle } from '../../preload/common/rle.ts';
import type { WirePrompt } from '../../preload/contract/track.ts';
import { isSetAt, type ShownMask } from '../state/frame-masks.svelte.ts';
import type { OpenVideo } from '../state/open-video.svelte.ts';
import type { Studio } from '../state/studio.svelte.ts';
import { HoverPreview } from './hover-preview.ts';
import type { Editor, PlacedPrompt } from './tool.ts';

/** The editor that the tools act upon in the studio: every verb is a call of the contract, shown before it answers. */
export class StudioEditor implements Editor {
	readonly #studio: Studio;
	readonly #hover: HoverPreview;
	/** Edits go one after the other, in the order of the hand. */
	#queue: Promise<unknown> = Promise.resolve();
	#nextDraft = 1;

	constructor(studio: Studio) {
		this.#studio = studio;
		this.#hover = new HoverPreview(studio);
	}

	get size(): Size {
		return this.#studio.video?.info ?? { width: 1, height: 1 };
	}

	get brushRadius(): number {
		return this.#studio.preferences.values.brushRadius;
	}

	get isSubtracting(): boolean {
		return this.#studio.view.isSubtracting;
	}

	prompts(): readonly PlacedPrompt[] {
		const { video } = this.#studio;
		if (!video) {
			return [];
		}
		const stored = this.#maskOf(video, video.selectedTrackId)?.prompts ?? [];
		const drafts = video.drafts.filter(
			({ frameIndex, trackId }) => frameIndex === video.frameIndex && trackId === video.selectedTrackId,
		);
		return [...stored, ...drafts.map(({ prompt }) => ({ promptId: null, prompt }))];
	}

	trackAt(point: Point): number | null {
		const { video } = this.#studio;
		const masks = video?.masks.at(video.frameIndex) ?? [];
		const visible = new Set(video?.tracks.filter(({ isVisible }) => isVisible).map(({ trackId }) => trackId));
		const hits = masks.filter(({ trackId, rle }) => visible.has(trackId) && isSetAt(rle, point));
		// The smaller of two that overlap is the one on top of the other.
		hits.sort((a, b) => rleArea(a.rle) - rleArea(b.rle));
		return hits[0]?.trackId ?? null;
	}

	selectTrack(trackId: number | null): void {
		this.#studio.video?.select(trackId);
	}

	selectPrompt(promptId: number | null): void {
		if (this.#studio.video) {
			this.#studio.video.selectedPromptId = promptId;
		}
	}

	preview(prompt: WirePrompt | null): void {
		this.#hover.want(prompt);
	}

	addPrompt(prompt: WirePrompt): void {
		void this.#edit((video) => {
			const { frameIndex } = video;
			const draft = { key: this.#nextDraft++, trackId: video.selectedTrackId, frameIndex, prompt };
			video.drafts = [...video.drafts, draft];
			return async () => {
				try {
					const trackId = draft.trackId ?? (await this.#newTrack(video));
					video.drafts = video.drafts.map((known) => (known.key === draft.key ? { ...known, trackId } : known));
					await this.#studio.client.annotate.addPrompt({ trackId, frameIndex, prompt });
					await video.masks.reread(frameIndex);
					this.#studio.preferences.sawHint('click');
				} finally {
					video.drafts = video.drafts.filter(({ key }) => key !== draft.key);
				}
			};
		});
	}

	updatePrompt(promptId: number, prompt: WirePrompt): void {
		void this.#edit((video) => {
			const { frameIndex } = video;
			video.masks.movePrompt(frameIndex, promptId, prompt);
			return async () => {
				await this.#studio.client.annotate.updatePrompt({ promptId, prompt });
				await video.masks.reread(frameIndex);
			};
		});
	}

	removePrompt(promptId: number): void {
		void this.#edit((video) => {
			const { frameIndex } = video;
			return async () => {
				await this.#studio.client.annotate.removePrompt({ promptId });
				video.selectedPromptId = null;
				await video.masks.reread(frameIndex);
			};
		});
	}

	paint(stroke: { area: Rle; isErasing: boolean }): void {
		void this.#edit((video) => {
			const { frameIndex, selectedTrackId } = video;
			if (selectedTrackId !== null) {
				const before = this.#maskOf(video, selectedTrackId)?.rle ?? emptyRle(this.size);
				const after = stroke.isErasing ? subtractRles(before, stroke.area) : uniteRles(before, stroke.area);
				video.masks.put(frameIndex, selectedTrackId, after);
			} else if (stroke.isErasing) {
				throw new Error('Select the object to erase from first');
			}
			const area = rleToBytes(stroke.area);
			return async () => {
				try {
					const trackId = selectedTrackId ?? (await this.#newTrack(video));
					await this.#studio.client.annotate.paint({ trackId, frameIndex, area, isErasing: stroke.isErasing });
					this.#studio.preferences.sawHint('click');
				} finally {
					await video.masks.reread(frameIndex);
				}
			};
		});
	}

	/** Says that the selected object is not on this frame. */
	setAbsent(): Promise<void> {
		return this.#edit((video) => {
			const { frameIndex, selectedTrackId } = video;
			if (selectedTrackId === null) {
				throw new Error('Select the object that is absent first');
			}
			return async () => {
				await this.#studio.client.annotate.setAbsent({ trackId: selectedTrackId, frameIndex });
				await video.masks.reread(frameIndex);
			};
		});
	}

	/** Takes off what the selected object has on this frame, or on a range. */
	clear(range?: { from: number; to: number }): Promise<void> {
		return this.#edit((video) => {
			const { frameIndex, selectedTrackId } = video;
			if (selectedTrackId === null) {
				throw new Error('Select the object to clear first');
			}
			const cleared = range ?? { from: frameIndex, to: frameIndex + 1 };
			return async () => {
				await this.#studio.client.annotate.clear({ trackId: selectedTrackId, range: cleared });
				await video.masks.reread(frameIndex);
			};
		});
	}

	/** Puts a mask on this frame of the selected object, or of a new one. */
	setMask(mask: Uint8Array): Promise<void> {
		return this.#edit((video) => {
			const { frameIndex, selectedTrackId } = video;
			return async () => {
				const trackId = selectedTrackId ?? (await this.#newTrack(video));
				await this.#studio.client.annotate.setMask({ trackId, frameIndex, mask });
				await video.masks.reread(frameIndex);
			};
		});
	}

	/** What the selected object has on this frame. */
	currentMask(): ShownMask | null {
		const { video } = this.#studio;
		return video ? this.#maskOf(video, video.selectedTrackId) : null;
	}

	/** Shows at once, then sends in order; what fails is told and shown as it was. */
	async #edit(begin: (video: OpenVideo) => () => Promise<void>): Promise<void> {
		const { video, messages } = this.#studio;
		if (!video) {
			return;
		}
		await messages.attempt(async () => {
			const send = begin(video);
			const sent = this.#queue.then(send);
			this.#queue = sent.catch(() => undefined);
			await sent;
		});
	}

	/** Clicks made before the object was there belong to the same object. */
	async #newTrack(video: OpenVideo): Promise<number> {
		if (video.selectedTrackId !== null) {
			return video.selectedTrackId;
		}
		const track = await this.#studio.client.track.create({ videoId: video.videoId });
		await video.addTrack(track);
		video.select(track.trackId);
		video.drafts = video.drafts.map((draft) => (draft.trackId === null ? { ...draft, trackId: track.trackId } : draft));
		return track.trackId;
	}

	#maskOf(video: OpenVideo, trackId: number | null): ShownMask | null {
		return video.masks.at(video.frameIndex)?.find((mask) => mask.trackId === trackId) ?? null;
	}
}
