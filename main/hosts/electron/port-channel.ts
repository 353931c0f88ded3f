import type { MessagePortMain, UtilityProcess } from 'electron';
import type { Channel } from '../../../preload/rpc/channel.ts';

/** A channel over one end of a MessageChannelMain. Its ports transfer ports only: everything else is copied. */
export function mainPortChannel(port: MessagePortMain): Channel {
	const ending = oneEnd();
	port.on('close', ending.end);
	return {
		post(message) {
			if (!ending.isEnded()) {
				port.postMessage(message);
			}
		},
		listen(listener) {
			port.removeAllListeners('message');
			port.on('message', ({ data }) => listener(data));
			port.start();
		},
		onClose: ending.onEnd,
		close() {
			port.close();
			ending.end();
		},
	};
}

/** A channel to a utility process. Closing it kills the process. */
export function utilityProcessChannel(child: UtilityProcess): Channel {
	const ending = oneEnd();
	child.on('exit', ending.end);
	return {
		post(message) {
			if (!ending.isEnded()) {
				child.postMessage(message);
			}
		},
		listen(listener) {
			child.removeAllListeners('message');
			child.on('message', listener);
		},
		onClose: ending.onEnd,
		close() {
			child.kill();
			ending.end();
		},
	};
}

/** An end that comes once, from either side. */
function oneEnd(): { end: () => void; onEnd: (listener: () => void) => void; isEnded: () => boolean } {
	const listeners: (() => void)[] = [];
	let isEnded = false;
	return {
		end() {
			if (!isEnded) {
				isEnded = true;
				listeners.forEach((listener) => listener());
			}
		},
		onEnd: (listener) => void (isEnded ? queueMicrotask(listener) : listeners.push(listener)),
		isEnded: () => isEnded,
	};
}
