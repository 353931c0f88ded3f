import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

/** Electron's port in the main process: transfers ports only, and refuses everything else as the real one does. */
export class MessagePortMain extends EventEmitter {
	readonly port: MessagePort;
	#isStarted = false;

	constructor(port: MessagePort) {
		super();
		this.port = port;
		port.once('close', () => this.emit('close'));
	}

	postMessage(message: unknown, transfer: unknown[] = []): void {
		refuseAllButPorts(transfer);
		this.port.postMessage(message);
	}

	start(): void {
		if (!this.#isStarted) {
			this.#isStarted = true;
			this.port.on('message', (data) => this.emit('message', { data, ports: [] }));
		}
	}

	close(): void {
		this.port.close();
	}
}

export class MessageChannelMain {
	readonly port1: MessagePortMain;
	readonly port2: MessagePortMain;

	constructor() {
		const { port1, port2 } = new MessageChannel();
		this.port1 = new MessagePortMain(port1);
		this.port2 = new MessagePortMain(port2);
	}
}

export function refuseAllButPorts(transfer: readonly unknown[]): void {
	if (!transfer.every((item) => item instanceof MessagePortMain)) {
		throw new TypeError('Invalid value for transfer: Electron transfers message ports only');
	}
}
