import { desktopBridge, portMessage } from '../contract/desktop-bridge.ts';
import type { DesktopBridge } from '../contract/desktop-bridge.ts';
import type { Channel } from './channel.ts';
import { messagePortChannel } from './message-port-channel.ts';
import type { PortLike } from './message-port-channel.ts';
import { websocketChannel } from './websocket-channel.ts';
import type { WebSocketLike } from './websocket-channel.ts';

/** For pages: the channel to the service, by a port in Electron, by a WebSocket to the page's own origin elsewhere. */
export async function openServiceChannel(): Promise<Channel> {
	const bridge = desktopBridge();
	return bridge ? portChannel(bridge) : socketChannel();
}

function portChannel(bridge: DesktopBridge): Promise<Channel> {
	return new Promise((resolve) => {
		const receive = (event: MessageEvent): void => {
			const port = event.ports[0];
			if (event.source === window && event.data === portMessage && port) {
				removeEventListener('message', receive);
				resolve(messagePortChannel(port as unknown as PortLike));
			}
		};
		addEventListener('message', receive);
		bridge.requestPort();
	});
}

/** Rejects where the service does not answer. */
function socketChannel(): Promise<Channel> {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`);
		const channel = websocketChannel(socket as WebSocketLike);
		socket.addEventListener('open', () => resolve(channel), { once: true });
		socket.addEventListener('close', () => reject(new Error('The Masklet service does not answer')), { once: true });
	});
}
