import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';

/** A real process, whose entry finds a `process.parentPort` as Electron's utility processes have. */
class UtilityProcess extends EventEmitter {
	readonly child: ChildProcess;

	constructor(entry: string, flags: readonly string[]) {
		super();
		const parentPort = join(import.meta.dirname, 'parent-port.ts');
		this.child = fork(entry, [], { serialization: 'advanced', execArgv: [...flags, '--import', parentPort] });
		this.child.on('message', (message) => this.emit('message', message));
		this.child.once('exit', (code) => this.emit('exit', code));
	}

	postMessage(message: unknown, transfer: unknown[] = []): void {
		if (transfer.length > 0) {
			throw new TypeError('Invalid value for transfer: Electron transfers message ports only');
		}
		this.child.send(message as object);
	}

	kill(): boolean {
		return this.child.kill('SIGTERM');
	}
}

export const utilityProcess = {
	/** What the last process was started with. */
	flags: [] as readonly string[],
	fork(entry: string, _words: string[] = [], options: { execArgv?: string[] } = {}): UtilityProcess {
		utilityProcess.flags = options.execArgv ?? [];
		return new UtilityProcess(entry, utilityProcess.flags);
	},
};
