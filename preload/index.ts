import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { commandMessage, portMessage, requestPortMessage } from './contract/desktop-bridge.ts';
import type { DesktopBridge } from './contract/desktop-bridge.ts';

const bridge: DesktopBridge = {
	requestPort: () => ipcRenderer.send(requestPortMessage),
	pathOfFile: (file) => webUtils.getPathForFile(file),
	onCommand(listener) {
		const receive = (_event: unknown, commandId: string): void => listener(commandId);
		ipcRenderer.on(commandMessage, receive);
		return () => void ipcRenderer.off(commandMessage, receive);
	},
};

contextBridge.exposeInMainWorld('maskletDesktop', bridge);

// A port cannot cross the context bridge; a window message can carry it into the page's own world.
ipcRenderer.on(portMessage, (event) => {
	window.postMessage(portMessage, '*', [...event.ports]);
});
