import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { graphNames } from '../../models/sam2/build.ts';
import { imageSizes, publishedSizes, sam2Config, versions } from '../../models/sam2/config.ts';
import type { ConfigReport } from './compare.ts';
import { compareConfig, failures, FLOAT_TOLERANCE, IOU_AT_LEAST, MEMORY_TOLERANCE } from './compare.ts';
import { spec } from './golden.ts';
import { growth, HELD_GROWTH_MEBIBYTES, longRun, RESIDENT_GROWTH_MEBIBYTES } from './memory-growth.ts';
import type { LargeMemory } from './load-large.ts';
import type { Comparison } from './run-scenario.ts';

/*
 * `npm run parity`: every configuration of scenarios.json against the reference's golden data, every network built and
 * loaded at both image sizes, the memory of loading the largest, and the memory of a long run. Writes REPORT.md.
 * Arguments choose parts: `scenarios`, `networks`, `memory`; or single configurations, whose rows are replaced.
 */

const threads = 2;
/** Peak memory of adding and loading a checkpoint, as a part of its size. */
const LARGE_AT_MOST = 1.5;
const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'masklet-report-'));
const parts: Record<string, (kept: string) => Promise<string[]>> = {
	Scenarios: scenarios,
	Networks: networks,
	Memory: memory,
};

async function main(): Promise<void> {
	const path = fileURLToPath(new URL('REPORT.md', import.meta.url));
	// A part that is not wanted keeps the section of the last report.
	const earlier = existsSync(path)
		? readFileSync(path, 'utf8')
				.split(/^(?=## )/m)
				.slice(1)
		: [];
	const sections: string[] = [];
	try {
		for (const [heading, part] of Object.entries(parts)) {
			const isWanted = wanted.length === 0 || wanted.includes(heading.toLowerCase());
			const kept = earlier.find((section) => section.startsWith(`## ${heading}\n`));
			if (isWanted || (heading === 'Scenarios' && wanted.some((name) => name in spec.configs))) {
				sections.push([`## ${heading}`, '', ...(await part(kept ?? ''))].join('\n'));
			} else if (kept !== undefined) {
				sections.push(kept.trimEnd());
			}
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	const title = '# Parity of SAM 2 with its reference';
	const origin = 'Made by `npm run parity`; the golden data by make_golden.py. Errors are max|a - b| / max|b|.';
	writeFileSync(path, `${[title, origin, ...sections].join('\n\n')}\n`);
	console.log(`written: ${path}`);
}

async function scenarios(kept: string): Promise<string[]> {
	const lines = [
		`Tolerances: ${FLOAT_TOLERANCE} for floats; ${MEMORY_TOLERANCE} (one step of bfloat16) for memories; IoU ${IOU_AT_LEAST} on every frame.`,
		'',
		'| network | scenario | results | logits | pointer | score | memory | lowest IoU | frames under IoU 1 |',
		'| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
	];
	const bad: string[] = [];
	const chosen = wanted.filter((name) => name in spec.configs);
	for (const name of Object.keys(spec.configs)) {
		if (chosen.length > 0 && !chosen.includes(name)) {
			lines.push(...kept.split('\n').filter((row) => row.startsWith(`| ${name} |`)));
			continue;
		}
		const report = await compareConfig(name, { folder: join(folder, name), threads });
		rmSync(join(folder, name), { recursive: true, force: true });
		bad.push(...failures(report));
		lines.push(...scenarioRows(report));
		console.log(name, failures(report).length === 0 ? 'equal' : failures(report));
	}
	process.exitCode = bad.length === 0 ? 0 : 1;
	return [...lines, '', bad.length === 0 ? 'All within tolerance.' : `Out of tolerance:\n\n${bad.join('\n')}`];
}

function scenarioRows(report: ConfigReport): string[] {
	const { f, s0, s1 } = report.features;
	const features = `f ${short(f)}, s0 ${short(s0)}, s1 ${short(s1)}`;
	return [
		`| ${report.name} | image encoder | 1 | ${features} | | | | | |`,
		...report.scenarios.map(({ scenario, comparisons }) => {
			const largest = (pick: (comparison: Comparison) => number) => short(Math.max(...comparisons.map(pick)));
			const unlike = comparisons
				.filter(({ iou }) => iou < 1)
				.map(({ frame, iou, object }) => `${object}/${frame}: ${iou.toFixed(5)}`);
			return `| ${[
				report.name,
				scenario,
				comparisons.length,
				largest(({ logits }) => logits),
				largest(({ pointer }) => pointer),
				largest(({ score }) => score),
				largest(({ memory }) => memory ?? 0),
				Math.min(...comparisons.map(({ iou }) => iou)).toFixed(5),
				unlike.slice(0, 6).join(', ') || 'none',
			].join(' | ')} |`;
		}),
	];
}

async function networks(): Promise<string[]> {
	const lines = [
		'Every graph of every size and version, with seeded weights, written and loaded by the runtime.',
		'',
		'| network | image size | graphs loaded | peak memory (MiB) | seconds |',
		'| --- | --- | --- | --- | --- |',
	];
	for (const size of publishedSizes) {
		for (const version of versions) {
			for (const imageSize of imageSizes) {
				const config = sam2Config(size, { version, imageSize });
				const result = inChild('load-network.ts', [JSON.stringify(config), join(folder, 'network')]);
				rmSync(join(folder, 'network'), { recursive: true, force: true });
				const { loaded, peakMebibytes, seconds } = result as Record<string, number>;
				lines.push(
					`| ${size} ${version} | ${imageSize} | ${loaded} of ${graphNames.length} | ${peakMebibytes} | ${seconds} |`,
				);
				console.log(lines.at(-1));
			}
		}
	}
	return lines;
}

async function memory(): Promise<string[]> {
	const large = inChild('load-large.ts', [join(folder, 'large')]) as Record<
		'safetensors' | 'torch',
		LargeMemory | null
	>;
	console.log(large);
	const long = longRun(join(folder, 'long'), { frames: 5001, every: 500 });
	const { heldMebibytes, residentMebibytes } = growth(long);
	const isLargeBounded = [large.safetensors, large.torch].every((of) => of === null || share(of) <= LARGE_AT_MOST);
	const isBounded = heldMebibytes < HELD_GROWTH_MEBIBYTES && residentMebibytes < RESIDENT_GROWTH_MEBIBYTES;
	process.exitCode = isBounded && isLargeBounded ? process.exitCode : 1;
	console.log(long);
	return [
		...largeLines('safetensors', large.safetensors),
		...largeLines('a .pt written by PyTorch', large.torch),
		`- A run of 5,000 frames (miniature, ${long.millisPerFrame.toFixed(1)} ms a frame) in a process started as the inference process is. Read after a collection: "held" is V8's heap and all array buffers. Since frame 100 held grew by ${heldMebibytes.toFixed(1)} MiB (bound: ${HELD_GROWTH_MEBIBYTES}) and resident by ${residentMebibytes.toFixed(1)} MiB (bound: ${RESIDENT_GROWTH_MEBIBYTES}): ${isBounded ? 'bounded' : '**out of bounds**'}.`,
		'',
		'| frame | held (MiB) | resident (MiB) |',
		'| --- | --- | --- |',
		...long.readings.map((at) => {
			return `| ${at.frame} | ${at.heldMebibytes.toFixed(1)} | ${at.residentMebibytes.toFixed(1)} |`;
		}),
	];
}

function largeLines(origin: string, of: LargeMemory | null): string[] {
	if (of === null) {
		return [`- Large from ${origin}: not measured, no Python with PyTorch and the reference here.`];
	}
	const verdict = share(of) <= LARGE_AT_MOST ? 'bounded' : '**out of bounds**';
	return [
		`- Large from ${origin} (${of.fileMebibytes} MiB): compiled with a peak of ${of.compilePeakMebibytes} MiB, its graphs together loaded with a peak of ${of.loadPeakMebibytes} MiB: ${share(of).toFixed(2)} times its size (bound: ${LARGE_AT_MOST}): ${verdict}.`,
	];
}

/** The higher of both peaks as a part of the file's size. */
function share({ fileMebibytes, compilePeakMebibytes, loadPeakMebibytes }: LargeMemory): number {
	return Math.max(compilePeakMebibytes, loadPeakMebibytes) / fileMebibytes;
}

/** Runs a script of this folder in a process of its own, whose memory is then its own; it prints one line of JSON. */
function inChild(script: string, args: readonly string[]): unknown {
	const path = fileURLToPath(new URL(script, import.meta.url));
	const { stdout, status } = spawnSync(process.execPath, ['--expose-gc', path, ...args], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	if (status !== 0) {
		throw new Error(`${script} ended with ${status}`);
	}
	return JSON.parse(stdout);
}

function short(error: number): string {
	return error === 0 ? '0' : error.toExponential(1);
}

await main();
