import { BrowserWindow, MessageChannelMain } from 'electron';
import type { Session, WebContents, WebPreferences } from 'electron';
import { StudioError } from '../../../preload/common/studio-error.ts';
import { portMessage } from '../../../preload/contract/desktop-bridge.ts';
import type { Channel } from '../../../preload/rpc/channel.ts';
import { mainPortChannel } from './port-channel.ts';

/** Every page of ours has this origin. */
export const pageOrigin = 'masklet://app';

const safePreferences = (preloadPath: string): WebPreferences => ({
	preload: preloadPath,
	sandbox: true,
	contextIsolation: true,
	nodeIntegration: false,
	webSecurity: true,
	webviewTag: false,
	spellcheck: false,
});

export function openStudioWindow(options: { preloadPath: string; onGone: (reason: string) => void }): BrowserWindow {
	const window = new BrowserWindow({
		title: 'Masklet',
		width: 1440,
		height: 900,
		minWidth: 960,
		minHeight: 600,
		show: false,
		backgroundColor: '#111316',
		webPreferences: safePreferences(options.preloadPath),
	});
	window.once('ready-to-show', () => window.show());
	let reloads = 0;
	window.webContents.on('render-process-gone', (_event, { reason }) => {
		options.onGone(reason);
		// All state is the service's, so that a page that died comes back as it was; one that keeps dying stays away.
		if (reason !== 'clean-exit' && reloads++ < 3) {
			window.reload();
		}
	});
	void window.loadURL(`${pageOrigin}/`);
	return window;
}

/** A hidden window with the decoder page; closing the channel closes it. */
export async function openDecoderWindow(options: { preloadPath: string; signal?: AbortSignal }): Promise<Channel> {
	const window = new BrowserWindow({
		show: false,
		webPreferences: { ...safePreferences(options.preloadPath), backgroundThrottling: false },
	});
	try {
		options.signal?.throwIfAborted();
		await window.loadURL(`${pageOrigin}/decoder/decoder.html`);
		options.signal?.throwIfAborted();
	} catch (error) {
		window.destroy();
		throw options.signal?.aborted ? new StudioError('request.cancelled') : error;
	}
	const { port1, port2 } = new MessageChannelMain();
	const channel = mainPortChannel(port1);
	window.webContents.postMessage(portMessage, null, [port2]);
	window.webContents.once('render-process-gone', () => channel.close());
	window.once('closed', () => channel.close());
	channel.onClose(() => {
		if (!window.isDestroyed()) {
			window.destroy();
		}
	});
	return channel;
}

/** Pages stay on our origin, open no windows, embed nothing, and are granted nothing. */
export function guardContents(contents: WebContents): void {
	contents.on('will-navigate', (event) => {
		if (!isOwnPage(event.url)) {
			event.preventDefault();
		}
	});
	contents.on('will-attach-webview', (event) => event.preventDefault());
	contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

export function guardSession(session: Session): void {
	session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
	session.setPermissionCheckHandler(() => false);
}

export function isOwnPage(url: string): boolean {
	return url === pageOrigin || url.startsWith(`${pageOrigin}/`);
}
