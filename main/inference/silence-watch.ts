/** Looks a limit is divided into; only looks count, so that a machine that slept is not taken for a stuck child. */
const looks = 4;

/** Tells when nothing was heard for a time, although the other side was asked. */
export class SilenceWatch {
	readonly #options: { limitMillis: number; ping: () => void; onSilent: () => void };
	#timer: NodeJS.Timeout | null = null;
	#silentLooks = 0;

	constructor(options: { limitMillis: number; ping: () => void; onSilent: () => void }) {
		this.#options = options;
	}

	start(): void {
		if (this.#timer === null) {
			this.#silentLooks = 0;
			this.#timer = setInterval(() => this.#look(), this.#options.limitMillis / looks);
			this.#timer.unref();
		}
	}

	heard(): void {
		this.#silentLooks = 0;
	}

	stop(): void {
		if (this.#timer !== null) {
			clearInterval(this.#timer);
			this.#timer = null;
		}
	}

	#look(): void {
		this.#silentLooks++;
		if (this.#silentLooks > looks) {
			this.stop();
			this.#options.onSilent();
		} else {
			this.#options.ping();
		}
	}
}
