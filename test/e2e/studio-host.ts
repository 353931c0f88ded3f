import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');

export type StudioHost = { address: string; child: ChildProcess; stop: () => Promise<void>; kill: () => Promise<void> };

/** Starts the built loopback host, as `npm start` does without an Electron binary, with a home folder of its own. */
export async function startStudioHost(
	home: string,
	environment: Readonly<Record<string, string>> = {},
): Promise<StudioHost> {
	const child = spawn(process.execPath, [join(root, 'out/main/loopback.js'), '--no-open'], {
		env: { ...process.env, MASKLET_HOME: home, ...environment },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const ended = once(child, 'exit');
	let address: string | undefined;
	for await (const line of createInterface({ input: child.stdout })) {
		address = /http:\S+/.exec(line)?.[0];
		if (address !== undefined) {
			break;
		}
	}
	if (address === undefined) {
		throw new Error('the loopback host ended without an address; is out/ built (npm run build)?');
	}
	const end = async (signal: NodeJS.Signals): Promise<void> => {
		child.kill(signal);
		await ended;
	};
	return { address, child, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
