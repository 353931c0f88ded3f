import type { Size } from '../../preload/common/geometry.ts';
import { rleFromBytes, rleToBytes, type Rle } from '../../preload/common/rle.ts';
import type { FrameMask, WirePrompt } from '../../preload/contract/track.ts';

/** A track's mask on a frame with its runs read; a new object whenever it changed, so that drawings can be kept by it. */
export type ShownMask = FrameMask & { rle: Rle };

type Fetch = (frameIndex: number) => Promise<FrameMask[]>;

const mostFrames = 400;
const mostBytes = 32 * 1024 * 1024;

/** Masks by frame, as the service has them: read when wanted, kept within a limit, read again when they changed. */
export class FrameMasks {
	#version = $state(0);
	readonly #frames = new Map<number, { masks: readonly ShownMask[]; sizeBytes: number }>();
	readonly #stale = new Set<number>();
	readonly #loading = new Map<number, Promise<void>>();
	readonly #fetch: Fetch;
	readonly #size: Size;
	readonly #report: (error: unknown) => void;
	#sizeBytes = 0;

	constructor(options: { fetch: Fetch; size: Size; report: (error: unknown) => void }) {
		this.#fetch = options.fetch;
		this.#size = options.size;
		this.#report = options.report;
	}

	/** What is known of a frame; null until it was read. Reactive. */
	at(frameIndex: number): readonly ShownMask[] | null {
		void this.#version;
		return this.#frames.get(frameIndex)?.masks ?? null;
	}

	/** Reads a frame unless it is known and current. */
	want(frameIndex: number): Promise<void> {
		if (this.#frames.has(frameIndex) && !this.#stale.has(frameIndex)) {
			return Promise.resolve();
		}
		const loading = this.#loading.get(frameIndex) ?? this.#load(frameIndex);
		this.#loading.set(frameIndex, loading);
		return loading;
	}

	/** Reads a frame again, after an edit of ours. */
	async reread(frameIndex: number): Promise<void> {
		await this.#loading.get(frameIndex);
		this.#stale.add(frameIndex);
		await this.want(frameIndex);
	}

	/** Shows a mask before the service has recorded it; the next reading takes its place. */
	put(frameIndex: number, trackId: number, rle: Rle): void {
		const masks = this.#frames.get(frameIndex)?.masks ?? [];
		const known = masks.find((mask) => mask.trackId === trackId) ?? handMade(trackId, frameIndex);
		const painted = { ...known, rle, mask: rleToBytes(rle) };
		this.#keep(frameIndex, [...masks.filter((mask) => mask.trackId !== trackId), painted]);
		this.#version++;
	}

	/** Shows a prompt at its new place before the service has recorded it. */
	movePrompt(frameIndex: number, promptId: number, prompt: WirePrompt): void {
		const masks = this.#frames.get(frameIndex)?.masks ?? [];
		const moved = masks.map((mask) => ({
			...mask,
			prompts: mask.prompts.map((known) => (known.promptId === promptId ? { promptId, prompt } : known)),
		}));
		this.#keep(frameIndex, moved);
		this.#version++;
	}

	/** Rows of these frames changed: what shows stays until the new is there, the rest is forgotten. */
	invalidate(change: { first: number; last: number; shown: number }): void {
		const isAll = change.first < 0;
		for (const frame of [...this.#frames.keys()]) {
			if (frame !== change.shown && (isAll || (frame >= change.first && frame <= change.last))) {
				this.#forget(frame);
			}
		}
		if (isAll || (change.shown >= change.first && change.shown <= change.last)) {
			this.#stale.add(change.shown);
			// A reading under way may have begun before the change.
			const loading = this.#loading.get(change.shown);
			void (loading ? loading.then(() => this.#stale.add(change.shown)) : Promise.resolve()).then(() =>
				this.want(change.shown),
			);
		}
	}

	async #load(frameIndex: number): Promise<void> {
		try {
			this.#stale.delete(frameIndex);
			const masks = await this.#fetch(frameIndex);
			const before = this.#frames.get(frameIndex)?.masks ?? [];
			this.#keep(
				frameIndex,
				masks.map((mask) => keptOrNew(before, mask, this.#size)),
			);
			this.#version++;
		} catch (error) {
			this.#report(error);
		} finally {
			this.#loading.delete(frameIndex);
		}
	}

	#keep(frameIndex: number, masks: readonly ShownMask[]): void {
		this.#forget(frameIndex);
		const sizeBytes = masks.reduce((sum, { mask, rle }) => sum + mask.byteLength + rle.counts.byteLength, 256);
		this.#frames.set(frameIndex, { masks, sizeBytes });
		this.#sizeBytes += sizeBytes;
		for (const oldest of this.#frames.keys()) {
			if (oldest === frameIndex || (this.#frames.size <= mostFrames && this.#sizeBytes <= mostBytes)) {
				break;
			}
			this.#forget(oldest);
		}
	}

	#forget(frameIndex: number): void {
		this.#sizeBytes -= this.#frames.get(frameIndex)?.sizeBytes ?? 0;
		this.#frames.delete(frameIndex);
		this.#stale.delete(frameIndex);
	}
}

function handMade(trackId: number, frameIndex: number): Omit<ShownMask, 'rle' | 'mask'> {
	return {
		trackId,
		frameIndex,
		provenance: 'edited',
		isAnchor: true,
		isPending: false,
		isPreview: false,
		isUncertain: false,
		scores: { predictedIou: null, objectScore: null, stability: null },
		prompts: [],
	};
}

/** The mask known before where its pixels are the same, so that its drawing is kept. */
function keptOrNew(before: readonly ShownMask[], mask: FrameMask, size: Size): ShownMask {
	const known = before.find(({ trackId }) => trackId === mask.trackId);
	const isSame = known && known.mask.length === mask.mask.length && known.mask.every((b, i) => b === mask.mask[i]);
	return { ...mask, rle: isSame ? known.rle : rleFromBytes(size, mask.mask) };
}

/** Whether a pixel is set, by walking the runs (column-major). */
export function isSetAt(rle: Rle, point: { x: number; y: number }): boolean {
	const column = Math.floor(point.x);
	const row = Math.floor(point.y);
	if (column < 0 || row < 0 || column >= rle.width || row >= rle.height) {
		return false;
	}
	const at = column * rle.height + row;
	let position = 0;
	for (let index = 0; index < rle.counts.length; index++) {
		position += rle.counts[index]!;
		if (at < position) {
			return index % 2 === 1;
		}
	}
	return false;
}
