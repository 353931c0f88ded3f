import type { ChangeScope } from '../../preload/common/masklet.ts';
import type { StoreChange } from './types.ts';

type Touched = { trackIds: Set<number>; firstFrameIndex: number; lastFrameIndex: number };

/** Collects what a transaction touches; one change a scope and video comes out. */
export class ChangeLog {
	#touched = new Map<string, Touched & { scope: ChangeScope; videoId: number | null }>();

	get isEmpty(): boolean {
		return this.#touched.size === 0;
	}

	project(): void {
		this.#at('project', null);
	}

	video(videoId: number): void {
		this.#at('videos', videoId);
	}

	track(videoId: number, trackId: number): void {
		this.#at('tracks', videoId).trackIds.add(trackId);
	}

	/** Inclusive. */
	frames(videoId: number, trackId: number, firstFrameIndex: number, lastFrameIndex: number): void {
		const touched = this.#at('frames', videoId);
		touched.trackIds.add(trackId);
		touched.firstFrameIndex = Math.min(touched.firstFrameIndex, firstFrameIndex);
		touched.lastFrameIndex = Math.max(touched.lastFrameIndex, lastFrameIndex);
	}

	changes(revision: number): StoreChange[] {
		return [...this.#touched.values()].map(({ scope, videoId, trackIds, firstFrameIndex, lastFrameIndex }) => ({
			revision,
			scope,
			videoId,
			trackId: trackIds.size === 1 ? [...trackIds][0]! : null,
			firstFrameIndex: lastFrameIndex < 0 ? -1 : firstFrameIndex,
			lastFrameIndex,
		}));
	}

	#at(scope: ChangeScope, videoId: number | null): Touched {
		const key = `${scope} ${videoId}`;
		let touched = this.#touched.get(key);
		if (!touched) {
			touched = { scope, videoId, trackIds: new Set(), firstFrameIndex: Infinity, lastFrameIndex: -1 };
			this.#touched.set(key, touched);
		}
		return touched;
	}
}
