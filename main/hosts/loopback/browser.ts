import { spawn } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/** The command that opens an address for the person in front of this machine; null where nobody would see it. */
export function browserCommand(address: string, environment: Environment, platform: string): [string, string[]] | null {
	if (environment.SSH_CONNECTION || environment.CI) {
		return null;
	}
	if (platform === 'darwin') {
		return ['open', [address]];
	}
	if (platform === 'win32') {
		return ['rundll32', ['url.dll,FileProtocolHandler', address]];
	}
	return environment.DISPLAY || environment.WAYLAND_DISPLAY ? ['xdg-open', [address]] : null;
}

/** Whether a browser was asked to open the address. */
export async function openBrowser(command: [string, string[]]): Promise<boolean> {
	const [program, words] = command;
	return new Promise((resolve) => {
		const child = spawn(program, words, { stdio: 'ignore', detached: true });
		child.once('error', () => resolve(false));
		child.once('spawn', () => {
			child.unref();
			resolve(true);
		});
	});
}

/** What a person at the other end of an SSH connection types there; null elsewhere. */
export function tunnelCommand(port: number, environment: Environment): string | null {
	// SSH_CONNECTION: client address, client port, server address, server port.
	const [, , serverAddress, serverPort] = (environment.SSH_CONNECTION ?? '').split(' ');
	if (!serverAddress) {
		return null;
	}
	const user = environment.USER ? `${environment.USER}@` : '';
	const portWords = serverPort && serverPort !== '22' ? ` -p ${serverPort}` : '';
	return `ssh -N -L ${port}:127.0.0.1:${port}${portWords} ${user}${serverAddress}`;
}
