import { spawnSync } from 'node:child_process';

/**
 * The Python that live comparisons run, if it has the modules: `MASKLET_PYTHON`, else `python3`. Null, with a word, where it
 * has not; a test then skips.
 */
export function findPython(modules: string[]): string | null {
	const python = process.env.MASKLET_PYTHON ?? 'python3';
	const { status } = spawnSync(python, ['-c', modules.map((name) => `import ${name}`).join('\n')], { stdio: 'ignore' });
	if (status !== 0) {
		console.warn(`Skipped: ${python} has no ${modules.join(', ')}; MASKLET_PYTHON may name one that has`);
		return null;
	}
	return python;
}

/** Runs a script with `input` as its standard input; returns what it prints. */
export function runPython(python: string, script: string, options: { args?: string[]; input?: string } = {}): string {
	const { status, stdout, stderr } = spawnSync(python, ['-c', script, ...(options.args ?? [])], {
		input: options.input ?? '',
		encoding: 'utf8',
		maxBuffer: 1 << 28,
	});
	if (status !== 0) {
		throw new Error(`python left with ${status}: ${stderr}`);
	}
	return stdout;
}
