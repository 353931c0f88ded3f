import type { Channel } from './channel.ts';
import { createCodec } from './codec.ts';

/** What browsers' `WebSocket` and the `ws` package have in common. */
export type WebSocketLike = {
	binaryType: string;
	readonly readyState: number;
	send(data: Uint8Array<ArrayBuffer>): void;
	close(code?: number): void;
	addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: { data?: unknown }) => void): void;
};

/**
 * A channel over a WebSocket, on either side. Messages posted before the socket is open and messages received before
 * anyone listens are kept in order; what is posted after the close is dropped, as on a closed port.
 */
export function websocketChannel(socket: WebSocketLike): Channel {
	const codec = createCodec();
	let listener: ((message: unknown) => void) | undefined;
	let closeListener: (() => void) | undefined;
	let isClosed = socket.readyState > open;
	const unheard: unknown[] = [];
	const unsent: Uint8Array<ArrayBuffer>[] = [];

	socket.binaryType = 'arraybuffer';
	socket.addEventListener('open', () => {
		for (const bytes of unsent.splice(0)) {
			socket.send(bytes);
		}
	});
	socket.addEventListener('message', ({ data }) => {
		const message = decoded(data);
		if (message === undefined) {
			return socket.close(unsupportedData);
		}
		if (listener) {
			listener(message);
		} else {
			unheard.push(message);
		}
	});
	// `ws` throws an error event that nobody listens to; a close event always follows it.
	socket.addEventListener('error', () => {});
	const closed = () => {
		if (!isClosed) {
			isClosed = true;
			closeListener?.();
		}
	};
	socket.addEventListener('close', closed);

	function decoded(data: unknown): unknown {
		try {
			return data instanceof ArrayBuffer ? codec.decode(new Uint8Array(data)) : undefined;
		} catch {
			return undefined;
		}
	}

	return {
		post(message) {
			const bytes = codec.encode(message);
			if (socket.readyState === open) {
				socket.send(bytes);
			} else if (socket.readyState < open) {
				unsent.push(bytes);
			}
		},
		listen(next) {
			listener = next;
			for (const message of unheard.splice(0)) {
				next(message);
			}
		},
		onClose(next) {
			closeListener = next;
			if (isClosed) {
				queueMicrotask(next);
			}
		},
		close() {
			socket.close();
			// Not after the closing handshake, which a hung other side would never end.
			closed();
		},
	};
}

/** `WebSocket.OPEN`; less is connecting, more is closing or closed. */
const open = 1;

/** Close code 1003 (RFC 6455, 7.4.1): what came is no message of ours. */
const unsupportedData = 1003;
