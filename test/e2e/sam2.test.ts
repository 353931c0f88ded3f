import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sam2Config } from '../../models/sam2/config.ts';
import { rleArea, rleFromString } from '../../preload/common/rle.ts';
import { commandLine } from '../hosts/cli/run-command.ts';
import { torchFile } from '../models/weights/torch-file.ts';
import { seededTensors } from '../parity/seeded-weights.ts';
import { launchTestBrowser } from './browser.ts';
import { startStudioHost, type StudioHost } from './studio-host.ts';

/*
 * A SAM 2.1 checkpoint in the studio, in a real browser: the click and the run give the masks that the command line
 * gives, byte for byte, and one run is made with the built-in model instead. The weights are drawn from a seed; the
 * constant on the object score makes them show an object.
 */

const folder = mkdtempSync(join(tmpdir(), 'masklet-e2e-sam2-'));
const { masklet } = commandLine(folder);
const video = join(folder, 'toys.mp4');
const project = join(folder, 'Toys.masklet');
const lastFrame = 2;
let host: StudioHost;
let browser: Browser;
let page: Page;

type Sav = { masklet: { size: [number, number]; counts: string }[][] };

beforeAll(async () => {
	copyFileSync(join(import.meta.dirname, '../../resources/sample/sample.mp4'), video);
	const weights = join(folder, 'weights.pt');
	const network = sam2Config('tiny', { version: '2.1' });
	writeFileSync(weights, torchFile(new Map(seededTensors(network, { seed: 4, objectScoreBias: 3 }))));
	const words = ['models', 'add', weights, '--as', 'mine', '--size', '512'];
	expect(await masklet(...words)).toMatchObject({ code: 0 });
	host = await startStudioHost(join(folder, 'home'));
	browser = await launchTestBrowser();
	page = await (await browser.newContext({ viewport: { width: 1280, height: 720 } })).newPage();
	page.setDefaultTimeout(60_000);
	await page.goto(host.address);
}, 300_000);

afterAll(async () => {
	await browser?.close();
	await host?.stop();
	rmSync(folder, { recursive: true, force: true });
});

const byTestId = (id: string) => page.locator(`[data-testid="${id}"]`);
const modelInBar = () => page.getByLabel('Model for new prompts and runs');

async function atFrame(frameIndex: number): Promise<void> {
	const shown = (wanted: string) =>
		document.querySelector<HTMLElement>('[data-testid="stage"]')?.dataset.frame === wanted;
	await page.waitForFunction(shown, String(frameIndex));
}

/** Starts a run and waits for its end. */
async function carry(start: () => Promise<void>): Promise<void> {
	const started = byTestId('stop-run').waitFor();
	await start();
	await started;
	await byTestId('stop-run').waitFor({ state: 'detached', timeout: 240_000 });
}

async function exported(name: string): Promise<Sav> {
	await byTestId('export').click();
	await byTestId('format-sav').check();
	await byTestId('folder').fill(join(folder, name));
	await byTestId('export-start').click();
	await byTestId('export-done').waitFor();
	await page.keyboard.press('Escape');
	await byTestId('export-dialog').waitFor({ state: 'detached' });
	return readSav(name);
}

function readSav(name: string): Sav {
	return JSON.parse(readFileSync(join(folder, name, 'toys_manual.json'), 'utf8')) as Sav;
}

/** The first frames' masks of the one object, as bytes. */
function masks(file: Sav): string[] {
	return file.masklet.slice(0, lastFrame + 1).map((objects) => objects[0]!.counts);
}

test('a click and a run with a SAM 2 model are those of the command line; one run takes another model', async () => {
	await byTestId('new-project').click();
	await byTestId('project-name').fill('Toys');
	await byTestId('folder').fill(folder);
	await page.keyboard.press('Enter');
	await byTestId('import').click();
	await byTestId('browse-path').fill(video);
	await byTestId('browse-path').press('Enter');
	await byTestId('browse-ok').click();
	await atFrame(0);
	await modelInBar().selectOption('mine');

	const stage = (await byTestId('stage').boundingBox())!;
	await page.mouse.click(Math.round(stage.x + 0.45 * stage.width), Math.round(stage.y + 0.55 * stage.height));
	await page.waitForFunction(() => {
		const text = document.querySelector('[data-testid="frame-state"]')?.textContent ?? '';
		return text.includes('prompted') && !text.includes('being made');
	});
	await byTestId('stage').focus();
	await page.keyboard.press('i');
	for (let frameIndex = 1; frameIndex <= lastFrame; frameIndex++) {
		await page.keyboard.press('ArrowRight');
		await atFrame(frameIndex);
	}
	await page.keyboard.press('o');
	await carry(() => page.keyboard.press('t'));
	const carried = masks(await exported('carried'));

	// The dialog offers the project's model; the other one is for this run alone.
	await byTestId('stage').focus();
	await page.keyboard.press('Shift+T');
	const choice = page.getByLabel('Model for this run');
	expect(await choice.inputValue()).toBe('mine');
	expect(await page.getByLabel('Last frame', { exact: true }).inputValue()).toBe(String(lastFrame));
	await choice.selectOption('builtin-basic');
	const start = byTestId('propagate-dialog').getByRole('button', { name: 'Propagate' });
	await carry(() => start.click());
	expect(await modelInBar().inputValue()).toBe('mine');
	const again = masks(await exported('again'));
	expect(again[0]).toBe(carried[0]);
	expect(again[1]).not.toBe(carried[1]);
	await host.stop();

	const database = new Database(project, { readonly: true });
	const shapes = database.prepare('SELECT kind, shape FROM prompt').all() as { kind: string; shape: string }[];
	database.close();
	expect(shapes.map(({ kind }) => kind)).toEqual(['point']);
	const { x, y } = JSON.parse(shapes[0]!.shape) as { x: number; y: number };
	const reach = ['--range', `0:${lastFrame + 1}`];
	const place = ['--format', 'sav', '--out', join(folder, 'line')];
	const ran = await masklet('annotate', video, '--point', `${x},${y}`, '--model', 'mine', ...reach, ...place);
	expect(ran).toMatchObject({ code: 0 });
	const line = readSav('line');
	expect(carried).toEqual(masks(line));
	const [height, width] = line.masklet[0]![0]!.size;
	const area = rleArea(rleFromString({ width, height }, carried[0]!));
	expect(area).toBeGreaterThan(0);
	expect(area).toBeLessThan(width * height);
}, 400_000);
