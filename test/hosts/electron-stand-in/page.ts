import { portMessage } from '../../../preload/contract/desktop-bridge.ts';
import type { StandIn } from './electron.ts';

/**
 * Makes this process look like a page to the preload script and to the studio: a window that gets messages, with the
 * bridge in it.
 */
export function becomePage(standIn: StandIn): void {
	const target = new EventTarget();
	const page = {
		postMessage(message: unknown, origin: string, ports: unknown[]): void {
			if (message !== portMessage || origin !== '*') {
				throw new Error('an unexpected window message');
			}
			const event = Object.assign(new Event('message'), { data: message, source: page, ports });
			queueMicrotask(() => target.dispatchEvent(event));
		},
	};
	Object.assign(globalThis, {
		window: page,
		addEventListener: target.addEventListener.bind(target),
		removeEventListener: target.removeEventListener.bind(target),
	});
	Object.defineProperty(globalThis, 'maskletDesktop', {
		get: () => standIn.bridges.maskletDesktop,
		configurable: true,
	});
}
