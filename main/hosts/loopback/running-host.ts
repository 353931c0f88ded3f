import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const runningHost = z.object({ pid: z.int(), port: z.int().min(1).max(65_535), token: z.string().min(1) });
export type RunningHost = z.infer<typeof runningHost>;

const answerMillis = 2_000;

/** The loopback host that this user runs already: remembered in a file, and asked whether it is still there. */
export async function findRunningHost(dataFolder: string): Promise<RunningHost | null> {
	try {
		const found = runningHost.parse(JSON.parse(await readFile(stateFile(dataFolder), 'utf8')));
		const response = await fetch(`http://127.0.0.1:${found.port}/health?token=${found.token}`, {
			signal: AbortSignal.timeout(answerMillis),
			redirect: 'error',
		});
		const { product } = (await response.json()) as { product?: unknown };
		return product === 'masklet' ? found : null;
	} catch {
		// No file, one of an older time, or nobody at that port: none runs.
		return null;
	}
}

/** Readable by this user alone: it has the token. */
export async function rememberHost(dataFolder: string, host: RunningHost): Promise<void> {
	await mkdir(dataFolder, { recursive: true });
	await rm(stateFile(dataFolder), { force: true });
	await writeFile(stateFile(dataFolder), JSON.stringify(host), { mode: 0o600 });
}

/** Leaves the file of another host alone. */
export async function forgetHost(dataFolder: string, { token }: RunningHost): Promise<void> {
	const text = await readFile(stateFile(dataFolder), 'utf8').catch(() => '');
	if (text.includes(token)) {
		await rm(stateFile(dataFolder), { force: true });
	}
}

export function addressOf({ port, token }: { port: number; token: string }): string {
	return `http://127.0.0.1:${port}/?token=${token}`;
}

function stateFile(dataFolder: string): string {
	return join(dataFolder, 'loopback.json');
}
