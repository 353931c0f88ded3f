import { mkdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/**
 * Lets processes that are started from now on find SwiftShader, a Vulkan of software, until the returned function is
 * called. It lies packed in the Chromium that is installed for tests on Linux; elsewhere nothing is done, and WebGPU
 * runs on what the machine has.
 */
export function useSwiftShader(folder: string): () => void {
	if (process.platform !== 'linux' || process.arch !== 'x64') {
		return () => {};
	}
	const chromium = dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'));
	const packed = readFileSync(join(chromium, '../bin/swiftshader.tar.br'));
	mkdirSync(folder, { recursive: true });
	execFileSync('tar', ['-x', '-C', folder], { input: brotliDecompressSync(packed) });
	const { LD_LIBRARY_PATH: libraries, VK_ICD_FILENAMES: drivers } = process.env;
	process.env.LD_LIBRARY_PATH = libraries === undefined ? folder : `${folder}:${libraries}`;
	process.env.VK_ICD_FILENAMES = join(folder, 'vk_swiftshader_icd.json');
	return () => {
		restore('LD_LIBRARY_PATH', libraries);
		restore('VK_ICD_FILENAMES', drivers);
	};
}

function restore(name: string, value: string | undefined): void {
	if (value === undefined) {
		delete process.env[name];
	} else {
		process.env[name] = value;
	}
}
