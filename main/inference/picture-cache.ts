import type { RgbPicture } from '../../preload/common/picture.ts';

/** Pictures that were asked for last, up to a limit of bytes: clicks on one frame ask for it again and again. */
export class PictureCache {
	readonly #limitBytes: number;
	readonly #pictures = new Map<string, RgbPicture>();
	#bytes = 0;

	constructor(limitBytes: number) {
		this.#limitBytes = limitBytes;
	}

	get(key: string): RgbPicture | null {
		const picture = this.#pictures.get(key) ?? null;
		if (picture !== null) {
			this.#pictures.delete(key);
			this.#pictures.set(key, picture);
		}
		return picture;
	}

	add(key: string, picture: RgbPicture): void {
		const replaced = this.#pictures.get(key);
		this.#bytes += picture.data.byteLength - (replaced?.data.byteLength ?? 0);
		this.#pictures.delete(key);
		this.#pictures.set(key, picture);
		for (const [oldest, old] of this.#pictures) {
			if (this.#bytes <= this.#limitBytes || oldest === key) {
				break;
			}
			this.#pictures.delete(oldest);
			this.#bytes -= old.data.byteLength;
		}
	}
}
