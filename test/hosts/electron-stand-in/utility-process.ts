import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';

/** A real process, whose entry finds a `process.parentPort` as Electron's utility processes have. */
class UtilityProcess extends EventEmitter {
	readonly child: ChildProcess;

	constructor(entry: string) {
		super();
		const parentPort = join(import.meta.dirname, 'parent-port.ts');
		this.child = fork(entry, [], { serialization: 'advanced', execArgv: ['--import', parentPort] });
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

export const utilityProcess = { fork: (entry: string): UtilityProcess => new UtilityProcess(entry) };
