import { desktopBridge, portMessage } from '../../preload/contract/desktop-bridge.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import { createCodec } from '../../preload/rpc/codec.ts';
import { openLink } from '../../preload/rpc/link.ts';
import { messagePortChannel } from '../../preload/rpc/message-port-channel.ts';
import { websocketChannel } from '../../preload/rpc/websocket-channel.ts';
import { answerDecoderCalls } from './page.ts';

/**
 * Opened with a token in the query by a headless browser, the page dials back to the server that it came from; in a
 * hidden window it is handed a port.
 */
const token = new URLSearchParams(location.search).get('token');
if (token !== null) {
	serve(headlessChannel(`${location.host}/decoder?token=${encodeURIComponent(token)}`));
} else {
	addEventListener('message', (event) => {
		const port = event.ports[0];
		if (event.source === window && event.data === portMessage && port) {
			serve(messagePortChannel(port));
		}
	});
	desktopBridge()?.requestPort();
}

function serve(channel: Channel): void {
	openLink(channel, { answer: answerDecoderCalls() });
}

/** Big messages go as requests of their own; `page-server.ts` says why. Their order among the others does not matter. */
function headlessChannel(address: string): Channel {
	const channel = websocketChannel(new WebSocket(`ws://${address}`));
	const codec = createCodec();
	return {
		...channel,
		post(message) {
			const bytes = codec.encode(message);
			if (bytes.byteLength < 1 << 16) {
				return channel.post(message);
			}
			fetch(`http://${address}`, { method: 'POST', body: bytes }).catch(() => channel.close());
		},
	};
}
