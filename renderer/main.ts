import { mount } from 'svelte';
import { desktopBridge } from '../preload/contract/desktop-bridge.ts';
import { openServiceChannel } from '../preload/rpc/service-channel.ts';
import type { Channel } from '../preload/rpc/channel.ts';
import App from './App.svelte';
import { Commands } from './commands/registry.ts';
import { StudioEditor } from './editor/studio-editor.ts';
import { ToolInHand } from './editor/tool-in-hand.ts';
import { ServiceRefusal } from './state/connection.svelte.ts';
import { Studio } from './state/studio.svelte.ts';
import './ui/theme.css';

/** A service that was started anew has a new token, which this page cannot know. */
async function openChannel(): Promise<Channel> {
	try {
		return await openServiceChannel();
	} catch (error) {
		const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => null);
		if (answer?.status === 401 || answer?.status === 403) {
			throw new ServiceRefusal(
				'Masklet was started anew and has a new address. Open the one that its window prints; what was saved is safe',
			);
		}
		throw error;
	}
}

const studio = new Studio({ openChannel, storage: localStorage });
const editor = new StudioEditor(studio);
const hand = new ToolInHand(studio.view, editor);
const commands = new Commands(
	{ studio, editor, tool: () => hand.tool },
	{ isMac: /mac/i.test(navigator.userAgent) && !/windows|linux/i.test(navigator.userAgent) },
);

mount(App, {
	target: document.getElementById('app')!,
	props: { studio, editor, commands, hand, bridge: desktopBridge() },
});
void studio.connection.start();
