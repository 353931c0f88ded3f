/**
 * Stands in for the `electron` module, for the real entries of the host and of the preload script, in one Node process.
 * Pages are fetched through the real protocol handler; a decoder page is handed to whoever runs the test.
 */
import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { MessageChannelMain, MessagePortMain, refuseAllButPorts } from './ports.ts';

export { MessageChannelMain };

type Handler = (request: Request) => Response | Promise<Response>;
type Item = { id?: string; label?: string; accelerator?: string; role?: string; click?: () => void; submenu?: Item[] };

/** What a test sees and steers. */
class StandIn {
	hasInstanceLock = true;
	isSignalled = false;
	readonly windows: BrowserWindow[] = [];
	readonly handlers = new Map<string, Handler>();
	readonly schemes: unknown[] = [];
	menu: Item[] = [];
	/** What the next dialog is answered with. */
	picked: string[] = [];
	readonly dialogs: { kind: string; options: object }[] = [];
	readonly revealed: string[] = [];
	readonly forked: string[] = [];
	readonly bridges: Record<string, unknown> = {};
	readonly exited = Promise.withResolvers<number>();
	decidePermission: ((contents: unknown, permission: string, decide: (isGranted: boolean) => void) => void) | null =
		null;
	checkPermission: (() => boolean) | null = null;
	/** Connects the port that a hidden decoder window was handed. */
	onDecoderPort: (port: MessagePort) => void = (port) => port.close();

	async fetch(url: string, init?: RequestInit): Promise<Response> {
		const handler = this.handlers.get(new URL(url).protocol.slice(0, -1));
		return handler ? handler(new Request(url, init)) : Response.error();
	}

	/** Every command of the menu by id. */
	commands(items: Item[] = this.menu): Map<string, Item> {
		const nested = items.flatMap((item) => [...this.commands(item.submenu ?? [])]);
		return new Map([...items.filter((item) => item.id).map((item) => [item.id!, item] as const), ...nested]);
	}

	/** Hands a page's preload script what the host sent. */
	readonly page = new EventEmitter();
}

export const standIn = new StandIn();
(globalThis as { electronStandIn?: StandIn }).electronStandIn = standIn;
export type { StandIn };

class PreventableEvent {
	isPrevented = false;
	readonly url: string;
	constructor(url = '') {
		this.url = url;
	}
	preventDefault(): void {
		this.isPrevented = true;
	}
}

class App extends EventEmitter {
	isPackaged = false;
	#isReady = false;
	requestSingleInstanceLock(): boolean {
		return standIn.hasInstanceLock;
	}
	async whenReady(): Promise<void> {
		await new Promise((resolve) => setImmediate(resolve));
		this.#isReady = true;
	}
	isReady(): boolean {
		return this.#isReady;
	}
	quit(): void {
		const event = new PreventableEvent();
		this.emit('before-quit', event);
		if (!event.isPrevented) {
			this.exit(0);
		}
	}
	exit(code: number): void {
		standIn.exited.resolve(code);
	}
	setAppUserModelId(): void {}
	setName(): void {}
}
export const app = new App();

class WebContents extends EventEmitter {
	readonly mainFrame = { url: '' };
	openHandler: ((details: { url: string }) => { action: string }) | null = null;
	setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
		this.openHandler = handler;
	}
	/** Whether a page may go there. */
	navigates(url: string): boolean {
		const event = new PreventableEvent(url);
		this.emit('will-navigate', event);
		return !event.isPrevented;
	}
	send(channel: string, ...data: unknown[]): void {
		standIn.page.emit(channel, { ports: [] }, ...data);
	}
	postMessage(channel: string, message: unknown, transfer: unknown[] = []): void {
		refuseAllButPorts(transfer);
		const ports = (transfer as MessagePortMain[]).map(({ port }) => port);
		if (this.mainFrame.url.endsWith('/decoder/decoder.html')) {
			ports.forEach(standIn.onDecoderPort);
		} else {
			standIn.page.emit(channel, { ports }, message);
		}
	}
}

export class BrowserWindow extends EventEmitter {
	readonly webContents = new WebContents();
	readonly options: { show?: boolean; webPreferences?: Record<string, unknown> };
	isVisible = false;
	isInFront = false;
	#isMinimized = false;
	#isDestroyed = false;
	constructor(options: BrowserWindow['options']) {
		super();
		this.options = options;
		standIn.windows.push(this);
		app.emit('web-contents-created', {}, this.webContents);
	}
	async loadURL(url: string): Promise<void> {
		const response = await standIn.fetch(url);
		if (!response.ok) {
			throw new Error(`ERR_FAILED (${response.status}) loading '${url}'`);
		}
		await response.text();
		this.webContents.mainFrame.url = url;
		this.emit('ready-to-show');
		this.webContents.emit('did-finish-load');
	}
	reload(): void {
		void this.loadURL(this.webContents.mainFrame.url);
	}
	show(): void {
		this.isVisible = true;
	}
	focus(): void {
		this.isInFront = true;
	}
	minimize(): void {
		this.#isMinimized = true;
	}
	isMinimized(): boolean {
		return this.#isMinimized;
	}
	restore(): void {
		this.#isMinimized = false;
	}
	isDestroyed(): boolean {
		return this.#isDestroyed;
	}
	close(): void {
		this.destroy();
	}
	destroy(): void {
		if (!this.#isDestroyed) {
			this.#isDestroyed = true;
			this.emit('closed');
		}
	}
}

export const ipcMain = new EventEmitter();

export const Menu = {
	buildFromTemplate: (template: Item[]): Item[] => template,
	setApplicationMenu: (items: Item[]): void => void (standIn.menu = items),
};

export const protocol = {
	registerSchemesAsPrivileged(schemes: unknown[]): void {
		if (app.isReady()) {
			throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
		}
		standIn.schemes.push(...schemes);
	},
	handle: (scheme: string, handler: Handler): void => void standIn.handlers.set(scheme, handler),
};

export const session = {
	defaultSession: {
		setPermissionRequestHandler: (handler: StandIn['decidePermission']): void =>
			void (standIn.decidePermission = handler),
		setPermissionCheckHandler: (handler: StandIn['checkPermission']): void => void (standIn.checkPermission = handler),
	},
};

export const dialog = {
	async showOpenDialog(_window: BrowserWindow, options: object) {
		standIn.dialogs.push({ kind: 'open', options });
		return { canceled: standIn.picked.length === 0, filePaths: standIn.picked };
	},
	async showSaveDialog(_window: BrowserWindow, options: object) {
		standIn.dialogs.push({ kind: 'save', options });
		return { canceled: standIn.picked.length === 0, filePath: standIn.picked[0] ?? '' };
	},
	showErrorBox(title: string, content: string): void {
		standIn.dialogs.push({ kind: 'error', options: { title, content } });
	},
};

export const shell = { showItemInFolder: (path: string): void => void standIn.revealed.push(path) };

export { utilityProcess } from './utility-process.ts';

// --- the page's side

export const contextBridge = {
	exposeInMainWorld: (name: string, value: unknown): void => void (standIn.bridges[name] = value),
};

export const ipcRenderer = {
	on: (channel: string, listener: (...data: unknown[]) => void) => standIn.page.on(channel, listener),
	off: (channel: string, listener: (...data: unknown[]) => void) => standIn.page.off(channel, listener),
	send(channel: string, ...data: unknown[]): void {
		const sender = standIn.windows[0]!.webContents;
		ipcMain.emit(channel, { sender, senderFrame: sender.mainFrame }, ...data);
	},
};

export const webUtils = { getPathForFile: (file: { path?: string }): string => file.path ?? '' };

export { MessagePortMain };
