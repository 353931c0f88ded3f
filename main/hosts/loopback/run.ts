import { parseArgs } from 'node:util';
import type { Services } from '../../services/index.ts';
import { browserCommand, openBrowser, tunnelCommand } from './browser.ts';
import { addressOf, findRunningHost, forgetHost, rememberHost } from './running-host.ts';
import type { RunningHost } from './running-host.ts';
import { startLoopbackServer } from './server.ts';
import type { LoopbackServer } from './server.ts';

export type RunOptions = {
	words: string[];
	version: string;
	rendererFolder: string;
	dataFolder: string;
	/** Called only where no host runs yet. */
	openServices: () => Services;
	environment: Readonly<Record<string, string | undefined>>;
	platform: string;
	print: (line: string) => void;
	onInternalError: (method: string, error: unknown) => void;
};

/** Null where another host of this user answered already. */
export type RunningLoopback = { server: LoopbackServer; services: Services; close(): Promise<void> } | null;

/** Serves the studio, or finds the host that does, says where it is and opens the browser. */
export async function runLoopback(options: RunOptions): Promise<RunningLoopback> {
	const { values } = parseArgs({
		args: options.words,
		options: {
			reason: { type: 'string' },
			port: { type: 'string', default: '0' },
			'no-open': { type: 'boolean', default: false },
			browser: { type: 'boolean' },
		},
	});
	const open = (host: { port: number; token: string }) => showAddress(options, host, { opens: !values['no-open'] });
	const found = await findRunningHost(options.dataFolder);
	if (found) {
		options.print('Masklet is running already');
		await open(found);
		return null;
	}
	const services = options.openServices();
	const server = await startLoopbackServer({ ...options, services, port: Number(values.port) }).catch(async (error) => {
		await services.close();
		throw error;
	});
	const host: RunningHost = { pid: process.pid, port: server.port, token: server.token };
	await rememberHost(options.dataFolder, host);
	if (values.reason) {
		options.print(`Masklet opens in the browser because ${values.reason}`);
	}
	await open(host);
	options.print('Ctrl-C ends it; what is saved stays saved');
	return {
		server,
		services,
		async close() {
			await forgetHost(options.dataFolder, host);
			await server.close();
			await services.close();
		},
	};
}

async function showAddress(
	{ print, environment, platform }: RunOptions,
	host: { port: number; token: string },
	{ opens }: { opens: boolean },
): Promise<void> {
	const address = addressOf(host);
	const tunnel = tunnelCommand(host.port, environment);
	if (tunnel) {
		print(`On your own machine run    ${tunnel}`);
		print(`and open there             ${address}`);
		return;
	}
	const command = opens ? browserCommand(address, environment, platform) : null;
	const isOpened = command !== null && (await openBrowser(command));
	print(isOpened ? `The browser opens           ${address}` : `Open in a browser           ${address}`);
}
