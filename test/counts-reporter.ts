import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/** Leaves how many tests passed, failed and were skipped for the bootstrap script, which prints the last line. */
export default class CountsReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
		const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
		for (const module of modules) {
			// A file that does not load has no tests to fail.
			counts.failed += module.errors().length;
			for (const test of module.children.allTests()) {
				const { state } = test.result();
				counts[state === 'pending' ? 'failed' : state]++;
			}
		}
		const folder = join(import.meta.dirname, '..', '.cache');
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, 'test-counts.json'), JSON.stringify(counts));
	}
}
