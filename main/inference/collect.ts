/*
 * Memory of the inference process. A tracked frame leaves tensors behind that lie outside V8's heap. The code that
 * makes them allocates next to nothing inside it, so V8 has no reason to collect: it lets 32 to 64 MiB of dead tensors
 * gather first, and lets its young generation grow, both only after some thousand frames. So the process is started
 * with a small young generation and with a collector that we may call, and it is called by the bytes that were made.
 */

/** What the inference process is started with. */
export const INFERENCE_FLAGS = ['--expose-gc', '--max-semi-space-size=4'] as const;

/** A collection takes about 10 ms; so many bytes are of a second of SAM 2, and of some four frames of the built-in model. */
const COLLECT_AFTER_BYTES = 32 * 2 ** 20;

let pendingBytes = 0;

/** Notes tensors that passed through a session, and collects when enough have; without the flags V8 decides alone. */
export function collectAfter(bytes: number): void {
	pendingBytes += bytes;
	if (pendingBytes >= COLLECT_AFTER_BYTES) {
		pendingBytes = 0;
		globalThis.gc?.();
	}
}
