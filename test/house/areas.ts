/** The import table: an area is the longest of these paths that a file is under. */
export type Area = {
	path: string;
	/** Paths of the project that it may import from, beside itself. */
	own: readonly string[];
	/** Packages, `node:*` for all of Node. */
	packages: readonly string[];
};

const kernel = ['preload/common', 'preload/rpc'];
const seam = ['preload/common', 'preload/contract', 'preload/rpc'];
const node = 'node:*';

export const areas: readonly Area[] = [
	{ path: 'preload/common', own: [], packages: [] },
	{ path: 'preload/contract', own: ['preload/common'], packages: ['zod'] },
	{
		path: 'preload/rpc',
		own: ['preload/common', 'preload/contract'],
		packages: ['birpc', '@msgpack/msgpack', 'zod'],
	},
	{ path: 'preload/index.ts', own: seam, packages: ['electron'] },

	{
		path: 'models',
		own: ['preload/common'],
		packages: ['protobufjs', 'protobufjs/minimal.js', '@techstark/opencv-js'],
	},
	// Scripts that train or measure run on their own under Node.
	{ path: 'models/builtin/training', own: ['preload/common', 'models', 'main/media'], packages: [node] },

	{
		path: 'main/media',
		own: kernel,
		packages: [
			node,
			'mediabunny',
			'@mediabunny/prores',
			'@sparticuz/chromium',
			'playwright-core',
			'ws',
			'zod',
			'fast-png',
			'sharp',
			'natural-orderby',
		],
	},
	{
		path: 'main/inference',
		own: [...kernel, 'models'],
		packages: [node, 'onnxruntime-node', '@techstark/opencv-js', 'zod'],
	},
	{ path: 'main/store', own: kernel, packages: [node, 'better-sqlite3'] },
	{ path: 'main/formats', own: kernel, packages: [node, 'fast-png', 'zod'] },
	{
		path: 'main/services',
		own: [...seam, 'models', 'main/media', 'main/inference', 'main/store', 'main/formats'],
		packages: [
			'node:fs',
			'node:fs/promises',
			'node:path',
			'node:crypto',
			'node:stream',
			'node:stream/promises',
			'node:timers/promises',
			'yauzl',
			'zod',
			'natural-orderby',
		],
	},
	{ path: 'main/hosts/shared', own: ['preload', 'main'], packages: [node, 'pino', 'undici', 'zod'] },
	{ path: 'main/hosts/electron', own: ['preload', 'main'], packages: [node, 'electron', 'pino', 'zod'] },
	{ path: 'main/hosts/loopback', own: ['preload', 'main'], packages: [node, 'ws', 'pino', 'zod'] },
	{
		path: 'main/hosts/cli',
		own: ['preload', 'main', 'package.json'],
		packages: [node, 'commander', 'cli-progress', 'pino', 'zod'],
	},

	{ path: 'renderer/ui', own: seam, packages: ['svelte', '@lucide/svelte'] },
	{ path: 'renderer/state', own: [...seam, 'renderer/ui'], packages: ['svelte'] },
	{ path: 'renderer/editor', own: [...seam, 'renderer/ui', 'renderer/state'], packages: [] },
	{
		path: 'renderer/commands',
		own: [...seam, 'renderer/ui', 'renderer/state', 'renderer/editor'],
		packages: ['svelte'],
	},
	{
		path: 'renderer/stage',
		own: [...seam, 'renderer/ui', 'renderer/state', 'renderer/editor', 'renderer/commands'],
		packages: ['svelte', 'konva', '@lucide/svelte'],
	},
	{
		path: 'renderer/timeline',
		own: [...seam, 'renderer/ui', 'renderer/state', 'renderer/editor', 'renderer/commands'],
		packages: ['svelte', '@lucide/svelte'],
	},
	{
		path: 'renderer/panels',
		own: [
			...seam,
			'renderer/ui',
			'renderer/state',
			'renderer/editor',
			'renderer/commands',
			'renderer/stage',
			'renderer/timeline',
		],
		packages: ['svelte', '@lucide/svelte'],
	},
	{ path: 'renderer/decoder', own: seam, packages: ['mediabunny', '@mediabunny/prores', 'turbores'] },
	// App.svelte and main.ts put the parts together.
	{ path: 'renderer', own: [...seam, 'renderer'], packages: ['svelte', '@lucide/svelte'] },

	{
		path: 'resources',
		own: ['preload/common', 'models', 'main/media', 'main/formats'],
		// The sample's clip is encoded by a page that loads mediabunny from the script's own server.
		packages: [node, 'mediabunny', '/mediabunny.mjs', 'sharp', 'fast-png', '@sparticuz/chromium', 'playwright-core'],
	},
];

/** What stands at the top of the repository; nothing else may. */
export const topLevel: readonly string[] = [
	'.ci',
	'.editorconfig',
	'.gitattributes',
	'.gitignore',
	'.npmrc',
	'.prettierignore',
	'.prettierrc.json',
	'CHANGELOG.md',
	'LICENSE.txt',
	'README.md',
	'bootstrap.mjs',
	'electron-builder.yml',
	'electron.vite.config.ts',
	'eslint.config.js',
	'main',
	'models',
	'package-lock.json',
	'package.json',
	'preload',
	'renderer',
	'resources',
	'test',
	'tsconfig.base.json',
	'tsconfig.json',
	'tsconfig.node.json',
	'tsconfig.web.json',
	'vitest.config.ts',
];
