import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

const at = (path: string): string => resolve(import.meta.dirname, path);

/** `out/`: main as ES modules, the preload script as CommonJS (a sandboxed window takes no other), two pages. */
export default defineConfig({
	main: {
		build: {
			outDir: 'out/main',
			minify: true,
			target: 'node24',
			lib: {
				entry: {
					electron: at('main/hosts/electron/index.ts'),
					loopback: at('main/hosts/loopback/index.ts'),
					cli: at('main/hosts/cli/index.ts'),
					'inference-child': at('main/inference/child.ts'),
				},
				formats: ['es'],
			},
			rolldownOptions: { output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' } },
		},
	},
	preload: {
		build: {
			outDir: 'out/preload',
			minify: true,
			// A sandboxed preload script can require 'electron' alone, so that all else is bundled.
			externalizeDeps: false,
			lib: { entry: at('preload/index.ts'), formats: ['cjs'] },
			rolldownOptions: { output: { entryFileNames: '[name].cjs' } },
		},
	},
	renderer: {
		root: at('renderer'),
		plugins: [svelte()],
		build: {
			outDir: at('out/renderer'),
			minify: true,
			// An object: electron-vite puts its own guess before an array.
			rolldownOptions: { input: { studio: at('renderer/index.html'), decoder: at('renderer/decoder/decoder.html') } },
			chunkSizeWarningLimit: 2000,
			emptyOutDir: true,
		},
	},
});
