import type { Channel } from './channel.ts';

/** What a browser's MessagePort and that of `node:worker_threads` share. */
export type PortLike = {
	postMessage(message: unknown): void;
	addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
	addEventListener(type: 'close', listener: () => void): void;
	start(): void;
	close(): void;
};

/** A channel over one end of a MessageChannel. */
export function messagePortChannel(port: PortLike): Channel {
	let isClosed = false;
	const closeListeners: (() => void)[] = [];
	const end = () => {
		if (!isClosed) {
			isClosed = true;
			closeListeners.forEach((listener) => listener());
		}
	};
	port.addEventListener('close', end);
	return {
		post: (message) => port.postMessage(message),
		listen(listener) {
			port.addEventListener('message', (event) => listener(event.data));
			port.start();
		},
		onClose: (listener) => void closeListeners.push(listener),
		close() {
			port.close();
			end();
		},
	};
}
