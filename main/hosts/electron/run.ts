import { app, dialog, ipcMain, Menu, MessageChannelMain, protocol, session, shell, utilityProcess } from 'electron';
import type { BrowserWindow } from 'electron';
import { commandMessage, portMessage, requestPortMessage } from '../../../preload/contract/desktop-bridge.ts';
import type { Channel } from '../../../preload/rpc/channel.ts';
import { serveContract } from '../../../preload/rpc/server.ts';
import { INFERENCE_FLAGS } from '../../inference/collect.ts';
import type { HostDeps, Services } from '../../services/index.ts';
import type { Product } from '../shared/product.ts';
import { createWebApp } from '../shared/web-app.ts';
import { createPicker } from './dialogs.ts';
import { menuTemplate } from './menu.ts';
import { mainPortChannel, utilityProcessChannel } from './port-channel.ts';
import { guardContents, guardSession, isOwnPage, openDecoderWindow, openStudioWindow } from './windows.ts';

/** What this host gives the services. */
export type ElectronDeps = {
	host: HostDeps;
	openDecoder: (signal?: AbortSignal) => Promise<Channel>;
	spawnInference: () => Channel;
};

export type RunOptions = {
	product: Product;
	documentsFolder: string;
	openServices: (deps: ElectronDeps) => Services;
	onInternalError: (method: string, error: unknown) => void;
};

/**
 * Runs the studio in a window of its own. The services live in this process, as none of their work holds its thread for
 * long; models run in a utility process, pictures are decoded in a hidden window.
 */
export async function runElectron(options: RunOptions): Promise<void> {
	const { product, onInternalError } = options;
	if (!app.requestSingleInstanceLock()) {
		app.quit();
		return;
	}
	let window: BrowserWindow | null = null;
	let closing: Promise<void> | null = null;
	protocol.registerSchemesAsPrivileged([
		{ scheme: 'masklet', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
	]);
	app.on('web-contents-created', (_event, contents) => guardContents(contents));
	app.on('second-instance', () => focus(window));
	await app.whenReady();

	const services = options.openServices({
		host: {
			kind: 'electron',
			version: product.version,
			platform: process.platform,
			hasDialogs: true,
			hasDropPaths: true,
			documentsFolder: options.documentsFolder,
			pick: createPicker(dialog, { window: () => window, documentsFolder: options.documentsFolder }),
			reveal: async (path) => shell.showItemInFolder(path),
		},
		openDecoder: (signal) => openDecoderWindow({ ...product, ...(signal ? { signal } : {}) }),
		spawnInference: () =>
			utilityProcessChannel(
				utilityProcess.fork(product.inferenceEntry, [], {
					serviceName: 'Masklet inference',
					execArgv: [...INFERENCE_FLAGS],
					stdio: 'inherit',
				}),
			),
	});
	app.on('before-quit', (event) => {
		// Quits for good once the services are closed.
		event.preventDefault();
		closing ??= services
			.close()
			.catch((error: unknown) => onInternalError('close', error))
			.then(() => app.exit(0));
	});
	guardSession(session.defaultSession);
	const webApp = createWebApp({
		services,
		rendererFolder: product.rendererFolder,
		takesUploads: false,
		onInternalError,
	});
	protocol.handle('masklet', (request) =>
		isOwnPage(request.url) ? webApp(request) : new Response('Not found', { status: 404 }),
	);
	ipcMain.on(requestPortMessage, (event) => {
		if (event.senderFrame !== event.sender.mainFrame || !isOwnPage(event.senderFrame?.url ?? '')) {
			return;
		}
		const { port1, port2 } = new MessageChannelMain();
		serveContract(mainPortChannel(port1), services.handlers, { onEvent: services.onEvent, onInternalError });
		event.sender.postMessage(portMessage, null, [port2]);
	});
	const template = menuTemplate({
		platform: process.platform,
		productName: 'Masklet',
		isDevelopment: !app.isPackaged,
		onCommand: (commandId) => window?.webContents.send(commandMessage, commandId),
	});
	Menu.setApplicationMenu(Menu.buildFromTemplate(template));

	const openWindow = (): void => {
		window = openStudioWindow({
			...product,
			onGone: (reason) => onInternalError('window', new Error(`the page ended: ${reason}`)),
		});
		window.once('closed', () => {
			window = null;
			// The hidden decoder window would keep the program alive.
			app.quit();
		});
	};
	openWindow();
}

function focus(window: BrowserWindow | null): void {
	if (window?.isMinimized()) {
		window.restore();
	}
	window?.show();
	window?.focus();
}
