import { mount } from 'svelte';
import { desktopBridge } from '../preload/contract/desktop-bridge.ts';
import { openServiceChannel } from '../preload/rpc/service-channel.ts';
import App from './App.svelte';
import { Commands } from './commands/registry.ts';
import { StudioEditor } from './editor/studio-editor.ts';
import { ToolInHand } from './editor/tool-in-hand.ts';
import { Studio } from './state/studio.svelte.ts';
import './ui/theme.css';

const studio = new Studio({ openChannel: openServiceChannel, storage: localStorage });
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
