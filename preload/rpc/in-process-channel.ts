import type { Channel } from './channel.ts';

/**
 * Two ends of a pipe in one process. Messages are cloned and arrive in later microtasks, as they would elsewhere, so
 * that neither end can reach into the other's objects.
 */
export function inProcessChannels(): [Channel, Channel] {
	const first = new End();
	const second = new End();
	first.other = second;
	second.other = first;
	return [first, second];
}

class End implements Channel {
	other: End | undefined;
	#listener: ((message: unknown) => void) | undefined;
	#waiting: unknown[] = [];
	#closeListeners: (() => void)[] = [];
	#isClosed = false;

	post(message: unknown): void {
		const copy = structuredClone(message);
		queueMicrotask(() => this.other?.receive(copy));
	}

	receive(message: unknown): void {
		if (this.#isClosed) {
			return;
		}
		if (this.#listener) {
			this.#listener(message);
		} else {
			this.#waiting.push(message);
		}
	}

	listen(listener: (message: unknown) => void): void {
		this.#listener = listener;
		this.#waiting.splice(0).forEach(listener);
	}

	onClose(listener: () => void): void {
		this.#closeListeners.push(listener);
	}

	close(): void {
		if (this.#isClosed) {
			return;
		}
		this.#isClosed = true;
		this.#closeListeners.forEach((listener) => listener());
		this.other?.close();
	}
}
