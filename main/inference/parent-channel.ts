import { assert } from '../../preload/common/assert.ts';
import type { Channel } from '../../preload/rpc/channel.ts';

/** Electron's utility process has it; a message comes wrapped in an event. */
type ParentPort = {
	on(event: 'message', listener: (event: { data: unknown }) => void): void;
	postMessage(message: unknown): void;
};

/** The channel to the process that started this one: Electron's parent port, or Node's ipc. */
export function parentChannel(): Channel {
	const port = (process as { parentPort?: ParentPort }).parentPort;
	if (port !== undefined) {
		return {
			post: (message) => port.postMessage(message),
			listen: (listener) => port.on('message', (event) => listener(event.data)),
			onClose: () => {},
			close: () => process.exit(0),
		};
	}
	assert(process.send !== undefined, 'the inference process is started by the studio, with a message channel');
	process.once('disconnect', () => process.exit(0));
	// Ctrl-C reaches the whole group; the parent ends its runs in order and then closes this process.
	process.on('SIGINT', () => {});
	return {
		post: (message) => {
			process.send!(message as object, undefined, {}, () => {});
		},
		listen: (listener) => {
			process.on('message', listener);
		},
		onClose: (listener) => {
			process.once('disconnect', listener);
		},
		close: () => process.exit(0),
	};
}
