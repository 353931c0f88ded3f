/** What Electron's preload script puts at `window.maskletDesktop`; not there in a browser. */
export type DesktopBridge = {
	/** Asks for a port to the service; it comes as a window message `portMessage` with the port. */
	requestPort(): void;
	/** The path of a dropped file. */
	pathOfFile(file: File): string;
	/** Told of every command that is chosen in the native menu. Returns how to stop. */
	onCommand(listener: (commandId: string) => void): () => void;
};

/** Name of the message that hands a page its port, from the host to the preload script and from that to the page. */
export const portMessage = 'masklet.port';
export const requestPortMessage = 'masklet.requestPort';
export const commandMessage = 'masklet.command';

/** The bridge, or null in a browser. */
export function desktopBridge(): DesktopBridge | null {
	return (globalThis as { maskletDesktop?: DesktopBridge }).maskletDesktop ?? null;
}
