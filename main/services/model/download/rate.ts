/** Seconds that the rate is measured over. */
const WINDOW_MILLIS = 5_000;
const SAMPLE_MILLIS = 250;

/** Bytes a second, over the last seconds. */
export class TransferRate {
	readonly #now: () => number;
	readonly #samples: { atMillis: number; bytes: number }[];
	#bytes = 0;

	constructor(now: () => number) {
		this.#now = now;
		this.#samples = [{ atMillis: now(), bytes: 0 }];
	}

	add(bytes: number): void {
		this.#bytes += bytes;
		const atMillis = this.#now();
		if (atMillis - this.#samples.at(-1)!.atMillis >= SAMPLE_MILLIS) {
			this.#samples.push({ atMillis, bytes: this.#bytes });
			while (this.#samples.length > 2 && atMillis - this.#samples[0]!.atMillis > WINDOW_MILLIS) {
				this.#samples.shift();
			}
		}
	}

	/** Null before there is anything to tell from. */
	bytesPerSecond(): number | null {
		const first = this.#samples[0]!;
		const last = this.#samples.at(-1)!;
		const millis = last.atMillis - first.atMillis;
		return millis === 0 ? null : ((last.bytes - first.bytes) / millis) * 1000;
	}
}
