import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { areas, topLevel } from './areas.ts';
import type { Area } from './areas.ts';

const root = join(import.meta.dirname, '..', '..');
const longestFile = 450;

/** Files of the project, tracked or about to be. */
function projectFiles(): string[] {
	const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
	return [...new Set(listed.toString().split('\0'))]
		.filter((path) => path !== '' && existsSync(join(root, path)))
		.sort();
}

/** Every module that a source names, type imports too. */
export function importsOf(path: string, text: string): string[] {
	const scripts = path.endsWith('.svelte')
		? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]!)
		: [text];
	return scripts.flatMap((script) =>
		ts.preProcessFile(script, true, true).importedFiles.map(({ fileName }) => fileName),
	);
}

function areaOf(path: string): Area | undefined {
	const holding = areas.filter((area) => isUnder(path, area.path));
	return holding.sort((a, b) => b.path.length - a.path.length)[0];
}

function isUnder(path: string, folder: string): boolean {
	return path === folder || path.startsWith(`${folder}/`);
}

/** What the table forbids about one import; null where it may be. */
export function complaint(path: string, imported: string): string | null {
	const area = areaOf(path);
	if (!area) {
		return `${path} is in no area of the import table`;
	}
	const bare = imported.replace(/\?.*$/, '');
	if (!bare.startsWith('.')) {
		const isAllowed = area.packages.some((name) =>
			name === 'node:*'
				? bare.startsWith('node:')
				: bare === name || (!name.startsWith('node:') && bare.startsWith(`${name}/`)),
		);
		return isAllowed ? null : `${path} may not import the package ${bare}`;
	}
	const target = posix.normalize(posix.join(dirname(path), bare));
	const isHost = (folder: string) => /^main\/hosts\/(?!shared)/.test(folder);
	const isOtherHost = isHost(target) && !isUnder(target, area.path);
	const isAllowed = isUnder(target, area.path) || area.own.some((folder) => isUnder(target, folder));
	const isDecoderFromStudio = isUnder(target, 'renderer/decoder') && !isUnder(path, 'renderer/decoder');
	return isAllowed && !isOtherHost && !isDecoderFromStudio ? null : `${path} may not import ${target}`;
}

const files = projectFiles();
const sources = files.filter((path) => /\.(ts|svelte)$/.test(path) && !/^(test|[^/]+$)/.test(path));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

test('every import is one that the house allows', () => {
	const complaints = sources.flatMap((path) =>
		importsOf(path, textOf(path)).map((imported) => complaint(path, imported)),
	);
	expect(complaints.filter(Boolean)).toEqual([]);
	// The walk saw what it should.
	expect(sources).toContain('preload/rpc/link.ts');
	expect(importsOf('preload/rpc/link.ts', textOf('preload/rpc/link.ts'))).toContain('birpc');
});

test('the table refuses what it should', () => {
	const refused: [string, string][] = [
		['preload/common/rle.ts', 'zod'],
		['preload/common/rle.ts', '../contract/index.ts'],
		['preload/contract/video.ts', '../rpc/channel.ts'],
		['preload/rpc/link.ts', 'electron'],
		['models/predict/video.ts', 'node:fs'],
		['models/predict/video.ts', 'onnxruntime-node'],
		['models/predict/video.ts', '../../main/media/media.ts'],
		['main/media/media.ts', '../store/index.ts'],
		['main/media/media.ts', 'electron'],
		['main/store/index.ts', '../../preload/contract/track.ts'],
		['main/formats/plan.ts', '../../models/predict/tracker.ts'],
		['main/services/index.ts', 'node:http'],
		['main/services/index.ts', '../hosts/shared/log.ts'],
		['main/hosts/loopback/run.ts', '../electron/run.ts'],
		['main/hosts/shared/log.ts', '../cli/output.ts'],
		['main/hosts/loopback/run.ts', 'electron'],
		['renderer/state/studio.svelte.ts', '../stage/camera.ts'],
		['renderer/panels/Hub.svelte', 'konva'],
		['renderer/App.svelte', '../main/services/index.ts'],
		['renderer/App.svelte', './decoder/page.ts'],
		['renderer/main.ts', 'node:path'],
		['elsewhere/file.ts', './other.ts'],
	];
	expect(refused.filter(([path, imported]) => complaint(path, imported) === null)).toEqual([]);
	const script =
		'<script module lang="ts">import a from "konva";</script>\n<script>import { b } from "./b.ts";</script>';
	expect(importsOf('A.svelte', script)).toEqual(['konva', './b.ts']);
	expect(importsOf('a.ts', 'import type { A } from "./a.ts"; export * from "./b.ts"; void import("./c.ts");')).toEqual([
		'./a.ts',
		'./b.ts',
		'./c.ts',
	]);
});

test('services know no process, and files stay small', () => {
	const services = sources.filter((path) => isUnder(path, 'main/services'));
	expect(services.filter((path) => /(?<![.\w])process\s*[.[]/.test(withoutComments(textOf(path))))).toEqual([]);
	const isGenerated = (path: string) => /(^|\/)(generated|golden)\//.test(path);
	const lines = (path: string) => textOf(path).split('\n').length - 1;
	const long = files.filter(
		(path) => /\.(ts|svelte|mjs)$/.test(path) && !isGenerated(path) && lines(path) > longestFile,
	);
	expect(long.map((path) => `${path}: ${lines(path)} lines`)).toEqual([]);
});

test('the top of the repository holds what belongs there', () => {
	const found = [...new Set(files.map((path) => path.split('/')[0]!))];
	expect(found.filter((name) => !topLevel.includes(name))).toEqual([]);
	for (const folder of ['main', 'models', 'preload', 'renderer', 'resources', 'test']) {
		expect(files, `${folder} says what is in it`).toContain(`${folder}/README.md`);
	}
});

function withoutComments(text: string): string {
	return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
