import type { Contract, InputOf, ResultOf } from '../../preload/contract/index.ts';
import type { WirePrompt } from '../../preload/contract/track.ts';
import { rleIou } from '../../preload/common/mask-algebra.ts';
import { rleFromBytes } from '../../preload/common/rle.ts';
import { isSetAt } from '../state/frame-masks.svelte.ts';
import type { OpenVideo } from '../state/open-video.svelte.ts';
import type { Studio } from '../state/studio.svelte.ts';

type Prompts = InputOf<Contract['segment']['preview']>['prompts'];
type Preview = ResultOf<Contract['segment']['preview']>;

/** A model slower than this cannot follow the pointer; a click tells then. */
const slowestMillis = 450;
const mostSlowTimes = 2;
const sameIou = 0.985;
/** The pointer rests this long before a preview is asked for. */
const restMillis = 60;

/** The mask that a click under the pointer would give: one question at a time, the newest wins. */
export class HoverPreview {
	readonly #studio: Studio;
	#wanted: WirePrompt | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#isAsking = false;
	/** The preview being made. */
	#jobId: number | null = null;
	/** Grows when previews are taken away: what was asked before is not shown any more. */
	#generation = 0;
	/** How often the model was too slow on a frame: the first time it may have been waking up. A new frame is a new chance. */
	#slow = { frame: '', times: 0 };

	constructor(studio: Studio) {
		this.#studio = studio;
	}

	want(prompt: WirePrompt | null): void {
		this.#wanted = prompt;
		clearTimeout(this.#timer);
		const { video } = this.#studio;
		if (prompt === null || !video) {
			this.#generation++;
			this.#giveUp();
			if (video?.hover) {
				video.hover = null;
			}
			return;
		}
		const { hover } = video;
		if (hover && prompt.kind === 'point' && !isSetAt(hover.rle, prompt)) {
			video.hover = null;
		}
		this.#timer = setTimeout(() => void this.#ask(), restMillis);
	}

	#wasSlow(frame: string): void {
		this.#slow = { frame, times: this.#slow.frame === frame ? this.#slow.times + 1 : 1 };
	}

	/** The model is wanted for something else now: a click, say. */
	#giveUp(): void {
		if (this.#jobId !== null) {
			this.#studio.client.job.cancel({ jobId: this.#jobId }).catch(() => undefined);
			this.#jobId = null;
		}
	}

	async #ask(): Promise<void> {
		const { video, view, isReadOnly } = this.#studio;
		const prompt = this.#wanted;
		if (!prompt || !video || this.#isAsking || video.isPlaying || !view.isFrameShown || isReadOnly) {
			return;
		}
		const { frameIndex, videoId } = video;
		const key = `${videoId} ${frameIndex}`;
		if ((this.#slow.frame === key && this.#slow.times >= mostSlowTimes) || video.runs.length > 0) {
			return;
		}
		this.#isAsking = true;
		const generation = this.#generation;
		const startedAtMillis = performance.now();
		try {
			const prompts = promptsWith(video, prompt);
			const start = this.#studio.client.segment.preview({ videoId, frameIndex, prompts });
			const { mask } = await this.#studio.jobs.result<Preview>(start, (jobId) => (this.#jobId = jobId));
			const isWanted = generation === this.#generation && video.frameIndex === frameIndex;
			if (isWanted && video === this.#studio.video) {
				const rle = rleFromBytes(video.info, mask);
				const has = video.masks.at(frameIndex)?.find(({ trackId }) => trackId === video.selectedTrackId)?.rle;
				// What a click would not change is not worth a line.
				video.hover = has && rleIou(has, rle) > sameIou ? null : { frameIndex, rle };
			}
			if (performance.now() - startedAtMillis > slowestMillis) {
				this.#wasSlow(key);
			}
		} catch {
			// A preview is a courtesy: the click itself tells what is wrong. One that was given up says nothing of the model.
			if (generation === this.#generation) {
				this.#wasSlow(key);
			}
		} finally {
			this.#isAsking = false;
			this.#jobId = null;
		}
		if (this.#wanted !== null && this.#wanted !== prompt) {
			this.want(this.#wanted);
		}
	}
}

/** What the frame has already, as `annotate.addPrompt` would take it, and the new prompt. */
function promptsWith(video: OpenVideo, prompt: WirePrompt): Prompts {
	const mask = video.masks.at(video.frameIndex)?.find(({ trackId }) => trackId === video.selectedTrackId);
	if (!mask) {
		return [prompt];
	}
	if (mask.prompts.length > 0) {
		return [...mask.prompts.map((placed) => placed.prompt), prompt];
	}
	return [{ kind: 'mask', mask: mask.mask, origin: 'propagated' }, prompt];
}
