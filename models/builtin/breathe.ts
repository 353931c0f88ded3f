/** Lets the event loop turn, so that messages (a click, a cancel) get through between two blocking steps. */
export async function breathe(signal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve) => {
		setImmediate(resolve);
	});
	signal.throwIfAborted();
}
