import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Channel } from '../../preload/rpc/channel.ts';
import { INFERENCE_FLAGS } from './collect.ts';

/**
 * Starts the inference child under Node and gives the channel to it. `entry` is `child.ts` from source or its bundle.
 * Closing the channel kills the child; it ends by itself when this process is gone. For Electron see its host, which
 * uses a utility process.
 */
export function spawnInferenceProcess(entry: string | URL, options: { onStart?: (pid: number) => void } = {}): Channel {
	const path = typeof entry === 'string' ? entry : fileURLToPath(entry);
	const child = fork(path, [], {
		execArgv: [...process.execArgv, ...INFERENCE_FLAGS],
		serialization: 'advanced',
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
	});
	if (child.pid !== undefined) {
		options.onStart?.(child.pid);
	}
	let onClose: (() => void) | null = null;
	let isClosed = false;
	const closed = () => {
		if (!isClosed) {
			isClosed = true;
			onClose?.();
		}
	};
	child.once('exit', closed);
	child.once('error', closed);
	return {
		post(message) {
			if (!isClosed && child.connected) {
				child.send(message as object, () => {});
			}
		},
		listen(listener) {
			child.removeAllListeners('message');
			child.on('message', listener);
		},
		onClose(listener) {
			onClose = listener;
		},
		close() {
			child.kill('SIGKILL');
			closed();
		},
	};
}
