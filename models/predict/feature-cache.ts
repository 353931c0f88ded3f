import { present } from '../../preload/common/assert.ts';
import type { RgbPicture } from '../../preload/common/picture.ts';
import type { Features, Sam2Engine } from './engine.ts';
import type { Focus, KeptFrame } from './eviction.ts';
import { firstToGo } from './eviction.ts';
import { type FeaturePrecision, packFeatures, unpackFeatures } from './feature-bytes.ts';
import { type PicturePlace, placeOfPicture, videoOfKey } from './picture-key.ts';

/**
 * Where features are kept beside memory. It may lose anything at any time, and never fails: what cannot be read is not
 * there, what cannot be written is not kept.
 */
export interface FeatureStore {
	read(place: PicturePlace): Promise<Uint8Array | null>;
	write(place: PicturePlace, bytes: Uint8Array, focus: Focus): Promise<void>;
}

export type FeatureCacheOptions = {
	/** Bytes of features in memory. */
	limitBytes: number;
	precision: FeaturePrecision;
	store?: FeatureStore;
};

type Kept = KeptFrame & { bytes: Uint8Array };

/**
 * Features of frames, in memory and then in a store, within a number of bytes. A frame's features depend on its picture
 * alone, so prompts, objects and passes share them. They are rounded before their first use: a hit and a miss agree.
 */
export class FeatureCache {
	private readonly engine: Sam2Engine;
	private readonly options: FeatureCacheOptions;
	private readonly kept = new Map<string, Kept>();
	private keptBytes = 0;
	private focus: Focus | null = null;
	private uses = 0;
	/** The frame that was asked for last, as tensors: all objects ask for it in turn. */
	private latest: { key: string; features: Features } | null = null;
	/** What is still on its way to the store; one at a time. */
	private writing: Promise<void> = Promise.resolve();

	constructor(engine: Sam2Engine, options: FeatureCacheOptions) {
		this.engine = engine;
		this.options = options;
	}

	/** Frames that later work will start from: those far from them are let go of first. */
	lookAt(videoKey: string, anchors: Iterable<number>): void {
		this.focus = { video: videoOfKey(videoKey).video, anchors: new Set(anchors) };
	}

	/** One more such frame. */
	lookAlsoAt(pictureKey: string): void {
		const { video, frameIndex } = placeOfPicture(pictureKey);
		const anchors = this.focus?.video === video ? this.focus.anchors : [];
		this.focus = { video, anchors: new Set([...anchors, frameIndex]) };
	}

	/** The features of a picture; `picture` is asked for only when they are not kept. */
	async get(pictureKey: string, picture: () => Promise<RgbPicture>, signal: AbortSignal): Promise<Features> {
		const place = placeOfPicture(pictureKey);
		const key = `${place.video}:${place.frameIndex}`;
		if (this.latest?.key === key) {
			return this.latest.features;
		}
		const features = (await this.find(key, place)) ?? (await this.encode(key, place, await picture(), signal));
		this.latest = { key, features };
		return features;
	}

	/** Forgets what is in memory, once nothing is on its way to the store. */
	async clear(): Promise<void> {
		this.kept.clear();
		this.keptBytes = 0;
		this.latest = null;
		await this.writing;
	}

	private async find(key: string, place: PicturePlace): Promise<Features | null> {
		const { precision, store } = this.options;
		const known = this.kept.get(key);
		if (known !== undefined) {
			known.usedAt = ++this.uses;
			return unpackFeatures(known.bytes, this.engine.config, precision);
		}
		const bytes = place.isLasting ? ((await store?.read(place)) ?? null) : null;
		const features = bytes && unpackFeatures(bytes, this.engine.config, precision);
		if (bytes && features) {
			this.keep(key, place, bytes);
		}
		return features;
	}

	private async encode(key: string, place: PicturePlace, picture: RgbPicture, signal: AbortSignal): Promise<Features> {
		const { precision, store } = this.options;
		const bytes = packFeatures(await this.engine.encodeImage(picture, signal), precision);
		this.keep(key, place, bytes);
		if (store && place.isLasting) {
			// The file is written while the next graph runs; at most one waits.
			await this.writing;
			const focus = this.focus ?? { video: place.video, anchors: new Set([place.frameIndex]) };
			this.writing = store.write(place, bytes, focus);
		}
		return present(unpackFeatures(bytes, this.engine.config, precision), 'features just packed');
	}

	private keep(key: string, { video, frameIndex }: PicturePlace, bytes: Uint8Array): void {
		const frame: Kept = { video, frameIndex, bytes, sizeBytes: bytes.byteLength, usedAt: ++this.uses };
		this.kept.set(key, frame);
		this.keptBytes += frame.sizeBytes;
		while (this.keptBytes > this.options.limitBytes) {
			const worst = firstToGo(this.kept.values(), this.focus, frame);
			if (worst === null) {
				return;
			}
			this.kept.delete(`${worst.video}:${worst.frameIndex}`);
			this.keptBytes -= worst.sizeBytes;
		}
	}
}
