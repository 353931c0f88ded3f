/**
 * A two-way pipe of messages: MessagePort, WebSocket, child process or a pair in one process. A message is what
 * structured clone carries: plain data and typed arrays, no functions, no transfer lists.
 */
export interface Channel {
	post(message: unknown): void;
	/** One listener at a time. */
	listen(listener: (message: unknown) => void): void;
	/** Called once when the other side is gone or `close` was called. */
	onClose(listener: () => void): void;
	close(): void;
}
