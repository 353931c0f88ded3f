/** Loaded before the entry of a utility process: gives it Electron's `process.parentPort` over Node's own channel. */
import { EventEmitter } from 'node:events';

class ParentPort extends EventEmitter {
	postMessage(message: unknown): void {
		process.send!(message as object);
	}
}

const parentPort = new ParentPort();
process.on('message', (data) => parentPort.emit('message', { data, ports: [] }));
process.once('disconnect', () => process.exit(0));
Object.defineProperty(process, 'parentPort', { value: parentPort });
