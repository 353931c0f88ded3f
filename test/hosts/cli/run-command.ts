import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

/** The built command line: what a person runs. */
const entry = join(resolve(import.meta.dirname, '../../..'), 'out/main/cli.js');

export type Ran = { code: number | null; out: string; error: string };

/** Runs commands in a folder, with the user's own folders inside it. */
export function commandLine(
	folder: string,
	environment: Record<string, string> = {},
): {
	start: (words: string[]) => { child: ChildProcess; ended: Promise<Ran> };
	masklet: (...words: string[]) => Promise<Ran>;
} {
	function start(words: string[]): { child: ChildProcess; ended: Promise<Ran> } {
		const env = { ...process.env, MASKLET_HOME: join(folder, 'home'), ...environment };
		const child = spawn(process.execPath, [entry, ...words], { env, cwd: folder });
		let out = '';
		let error = '';
		child.stdout.on('data', (chunk) => (out += String(chunk)));
		child.stderr.on('data', (chunk) => (error += String(chunk)));
		const ended = new Promise<Ran>((done) => child.on('close', (code) => done({ code, out, error })));
		return { child, ended };
	}
	return { start, masklet: (...words) => start(words).ended };
}
