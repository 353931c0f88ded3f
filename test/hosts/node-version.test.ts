import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const guard = pathToFileURL(join(import.meta.dirname, '../../main/hosts/shared/node-version.ts')).href;

function start(version: string) {
	const script = `import { requireNode } from '${guard}'; requireNode({ node: '${version}' }); console.log('goes on');`;
	return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}

test('an entry under an older Node ends in a sentence before anything native is loaded', () => {
	const old = start('20.20.2');
	expect(old.status).toBe(1);
	expect(old.stderr).toContain('Masklet needs Node 24 and brings it along; this is 20.20.2');
	expect(old.stdout).toBe('');
	expect(start('24.21.0')).toMatchObject({ status: 0, stdout: 'goes on\n' });
});
