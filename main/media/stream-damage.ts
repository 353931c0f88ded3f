import type { FrameIndex } from './frame-index.ts';

/**
 * What is known to be broken in a file. From a broken packet to the next key packet every frame leans on what is
 * missing, so that none of them counts as readable, though some decoders would show something.
 */
export class StreamDamage {
	readonly #index: FrameIndex;
	/** Positions of packets that decoders refuse or that cannot be read; the first of each stretch between key packets. */
	readonly #brokenPositions = new Set<number>();
	/** Frames that did not come out though no packet was refused. */
	readonly #missingFrames = new Set<number>();
	/** Key packets, by number, that are whole but that decoders do not start from, as some I pictures of open GOPs. */
	readonly #weakKeys = new Set<number>();

	constructor(index: FrameIndex) {
		this.#index = index;
	}

	addBrokenPosition(position: number): void {
		this.#brokenPositions.add(position);
	}

	addMissingFrame(frameIndex: number): void {
		this.#missingFrames.add(frameIndex);
	}

	addWeakKey(key: number): void {
		this.#weakKeys.add(key);
	}

	/** The key packet to start from so that a frame comes out whole. */
	startKeyOfFrame(frameIndex: number): number {
		return this.strongKey(this.#index.startKeyOfFrame(frameIndex));
	}

	/** The last key packet at or before this one that decoders start from. */
	strongKey(key: number): number {
		let strong = key;
		while (strong > 0 && this.#weakKeys.has(strong)) {
			strong--;
		}
		return strong;
	}

	isUnreadable(frameIndex: number): boolean {
		if (this.#missingFrames.has(frameIndex)) {
			return true;
		}
		const start = this.#index.keyPositions[this.startKeyOfFrame(frameIndex)]!;
		const limit = this.limitFrom(start);
		return limit <= this.#index.positionOfFrame(frameIndex);
	}

	/** Up to which position a run may feed: the next broken packet, or the end. */
	limitFrom(position: number): number {
		let limit = this.#index.frameOfPosition.length;
		for (const broken of this.#brokenPositions) {
			if (broken >= position && broken < limit) {
				limit = broken;
			}
		}
		return limit;
	}

	/** Ascending. */
	unreadableFrames(): number[] {
		if (this.#brokenPositions.size === 0) {
			return [...this.#missingFrames].sort((a, b) => a - b);
		}
		return [...Array(this.#index.frameCount).keys()].filter((frameIndex) => this.isUnreadable(frameIndex));
	}
}
