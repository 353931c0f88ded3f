import type { RgbPicture } from '../../preload/common/picture.ts';
import type { Features, Sam2Engine } from './engine.ts';

/**
 * Features of the frames that were looked at last, within a number of bytes. A frame's features depend on its picture
 * alone, so prompts, objects and passes share them.
 */
export class FeatureCache {
	private readonly engine: Sam2Engine;
	private readonly limitBytes: number;
	private readonly kept = new Map<string, Features>();
	private keptBytes = 0;

	constructor(engine: Sam2Engine, limitBytes: number) {
		this.engine = engine;
		this.limitBytes = limitBytes;
	}

	/** The features of a picture; `picture` is asked for only when they are not kept. */
	async get(key: string, picture: () => Promise<RgbPicture>, signal: AbortSignal): Promise<Features> {
		const known = this.kept.get(key);
		if (known !== undefined) {
			this.kept.delete(key);
			this.kept.set(key, known);
			return known;
		}
		const features = await this.engine.encodeImage(await picture(), signal);
		this.keep(key, features);
		return features;
	}

	clear(): void {
		this.kept.clear();
		this.keptBytes = 0;
	}

	private keep(key: string, features: Features): void {
		const earlier = this.kept.get(key);
		this.keptBytes += sizeBytes(features) - (earlier === undefined ? 0 : sizeBytes(earlier));
		this.kept.set(key, features);
		for (const [oldest, value] of this.kept) {
			if (this.keptBytes <= this.limitBytes || oldest === key) {
				break;
			}
			this.kept.delete(oldest);
			this.keptBytes -= sizeBytes(value);
		}
	}
}

function sizeBytes({ f, s0, s1 }: Features): number {
	return f.data.byteLength + s0.data.byteLength + s1.data.byteLength;
}
