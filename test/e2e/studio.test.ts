import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { rleIou } from '../../preload/common/mask-algebra.ts';
import { decodeRle, rleArea, type Rle, rleFromString } from '../../preload/common/rle.ts';
import { launchTestBrowser } from './browser.ts';
import { startStudioHost, type StudioHost } from './studio-host.ts';

const sampleFolder = join(import.meta.dirname, '../../resources/sample');
type Sav = { masklet: { size: [number, number]; counts: string }[][]; masklet_edited_frame_count: number[] };
const truth = JSON.parse(readFileSync(join(sampleFolder, 'ground-truth.json'), 'utf8')) as Sav;
const frameCount = truth.masklet.length;
const gumdrop = 2;

const home = mkdtempSync(join(tmpdir(), 'masklet-e2e-'));
const videoPath = join(home, 'toys.mp4');
const outFolder = join(home, 'masks');
let host: StudioHost;
let browser: Browser;
let page: Page;
const problems: string[] = [];

afterEach(async (story) => {
	if (story.task.result?.state === 'fail') {
		await page.screenshot({ path: join(tmpdir(), `masklet-e2e-${story.task.id}.png`) }).catch(() => undefined);
	}
});

beforeAll(async () => {
	copyFileSync(join(sampleFolder, 'sample.mp4'), videoPath);
	host = await startStudioHost(home);
	browser = await launchTestBrowser();
	page = await openPage();
});

afterAll(async () => {
	await browser?.close();
	await host?.stop();
	rmSync(home, { recursive: true, force: true });
});

async function openPage(): Promise<Page> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
	const opened = await context.newPage();
	opened.setDefaultTimeout(60_000);
	opened.on('pageerror', (error) => problems.push(error.stack ?? error.message));
	await opened.goto(host.address);
	return opened;
}

const byTestId = (id: string) => page.locator(`[data-testid="${id}"]`);
const frameNumber = async (): Promise<number> => Number(await byTestId('frame-number').textContent());

/** Where a point of the picture is on the page, the picture being fitted. */
async function onPage(point: { x: number; y: number }): Promise<{ x: number; y: number }> {
	const [height, width] = truth.masklet[0]![0]!.size;
	const stage = (await byTestId('stage').boundingBox())!;
	const scale = Math.min((stage.width - 32) / width, (stage.height - 32) / height);
	return {
		x: stage.x + (stage.width - width * scale) / 2 + point.x * scale,
		y: stage.y + (stage.height - height * scale) / 2 + point.y * scale,
	};
}

async function clickPicture(point: { x: number; y: number }, button: 'left' | 'right' = 'left'): Promise<void> {
	const { x, y } = await onPage(point);
	await page.mouse.click(x, y, { button });
}

/** A pixel well inside an object: the one of its pixels that is nearest to their mean. */
function insideOf(rle: Rle): { x: number; y: number } {
	const { width, data } = decodeRle(rle);
	const pixels = [...data.keys()]
		.filter((index) => data[index] === 1)
		.map((index) => [index % width, (index / width) | 0]);
	const mean = [0, 1].map((axis) => pixels.reduce((sum, pixel) => sum + pixel[axis]!, 0) / pixels.length);
	const distance = (pixel: number[]): number => (pixel[0]! - mean[0]!) ** 2 + (pixel[1]! - mean[1]!) ** 2;
	const [x, y] = pixels.reduce((best, pixel) => (distance(pixel) < distance(best) ? pixel : best));
	return { x: x! + 0.5, y: y! + 0.5 };
}

function rleOf(file: Sav, frameIndex: number, object: number): Rle {
	const { size, counts } = file.masklet[frameIndex]![object]!;
	return rleFromString({ width: size[1], height: size[0] }, counts);
}

async function frameState(wanted: RegExp): Promise<void> {
	await page.waitForFunction(
		({ source }) => {
			const text = document.querySelector('[data-testid="frame-state"]')?.textContent ?? '';
			return new RegExp(source).test(text) && !/being made/.test(text);
		},
		{ source: wanted.source },
	);
}

async function goToFrame(frameIndex: number): Promise<void> {
	await byTestId('stage').focus();
	await page.keyboard.press('Home');
	for (let tens = 0; tens < Math.floor(frameIndex / 10); tens++) {
		await page.keyboard.press('Shift+ArrowRight');
	}
	for (let ones = 0; ones < frameIndex % 10; ones++) {
		await page.keyboard.press('ArrowRight');
	}
	await page.waitForFunction(
		(wanted) => document.querySelector<HTMLElement>('[data-testid="stage"]')?.dataset.frame === String(wanted),
		frameIndex,
	);
	expect(await frameNumber()).toBe(frameIndex);
}

/** The canvas over the picture. */
function masksLayer() {
	return byTestId('stage').locator('canvas').nth(1);
}

async function carry(): Promise<void> {
	await byTestId('stage').focus();
	await page.keyboard.press('t');
	await byTestId('stop-run').waitFor();
	await byTestId('stop-run').waitFor({ state: 'detached', timeout: 240_000 });
}

async function exportTo(format: 'sav' | 'coco'): Promise<void> {
	await byTestId('export').click();
	await byTestId(`format-${format}`).check();
	await byTestId('folder').fill(outFolder);
	await byTestId('export-start').click();
	await byTestId('export-done').waitFor();
	await page.keyboard.press('Escape');
	await byTestId('export-dialog').waitFor({ state: 'detached' });
}

test('import a video into a new project, by its path', async () => {
	await byTestId('hub').waitFor();
	await byTestId('new-project').click();
	await byTestId('project-name').fill('Toys');
	await byTestId('folder').fill(home);
	await page.keyboard.press('Enter');
	await byTestId('import').click();
	await byTestId('browse-path').fill(videoPath);
	await byTestId('browse-path').press('Enter');
	await byTestId('browse-ok').click();
	await page.waitForFunction(() => document.querySelector<HTMLElement>('[data-testid="stage"]')?.dataset.frame === '0');
	expect(existsSync(join(home, 'Toys.masklet'))).toBe(true);
	expect(await byTestId('video').count()).toBe(1);
}, 180_000);

test('click an object, refine it, carry it through the video', async () => {
	await clickPicture(insideOf(rleOf(truth, 0, gumdrop)));
	await frameState(/prompted/);
	expect(await byTestId('object').count()).toBe(1);
	// What is not the object: the far corner, with the right button.
	await clickPicture({ x: 20, y: 20 }, 'right');
	await frameState(/prompted/);
	// A frame without a mask shows none: what was drawn on the frame before is not seen any more.
	await goToFrame(1);
	await frameState(/nothing yet/);
	await masksLayer().waitFor({ state: 'hidden' });
	await goToFrame(0);
	await masksLayer().waitFor({ state: 'visible' });
	await carry();
	await goToFrame(10);
	await frameState(/propagated|absent/);
}, 400_000);

test('a corrected frame sticks through the next run', async () => {
	await goToFrame(20);
	await byTestId('stage').focus();
	await page.keyboard.press('b');
	const { x, y } = await onPage({ x: 60, y: 60 });
	await page.mouse.move(x, y);
	await page.mouse.down();
	await page.mouse.move(x + 30, y + 10, { steps: 5 });
	await page.mouse.up();
	await frameState(/edited/);
	await carry();
	await goToFrame(20);
	await frameState(/edited/);
}, 400_000);

test('undo takes the run back as one, redo brings it, a reload loses nothing', async () => {
	const undo = byTestId('undo');
	await byTestId('stage').focus();
	await undo.click();
	await byTestId('redo').and(page.locator(':not([disabled])')).waitFor();
	await byTestId('redo').click();
	await byTestId('redo').and(page.locator('[disabled]')).waitFor();
	await page.reload();
	await page.waitForFunction(
		() => document.querySelector<HTMLElement>('[data-testid="stage"]')?.dataset.frame !== undefined,
	);
	await byTestId('object').first().waitFor();
	await goToFrame(20);
	await byTestId('object').first().click();
	await frameState(/edited/);
}, 180_000);

test('kill -9 of the service loses nothing, the page comes back by itself', async () => {
	await host.kill();
	await byTestId('lost').waitFor();
	host = await startStudioHost(home);
	await page.context().close();
	page = await openPage();
	await page.getByText('Toys').first().click();
	await byTestId('object').first().click();
	await goToFrame(20);
	await frameState(/edited/);
}, 180_000);

test('export both formats and check the files', async () => {
	await exportTo('sav');
	await exportTo('coco');
	const sav = JSON.parse(readFileSync(join(outFolder, 'toys_manual.json'), 'utf8')) as Sav;
	expect(sav.masklet).toHaveLength(frameCount);
	expect(sav.masklet_edited_frame_count).toEqual([2]);
	expect(rleIou(rleOf(sav, 0, 0), rleOf(truth, 0, gumdrop))).toBeGreaterThan(0.8);
	expect(rleIou(rleOf(sav, 5, 0), rleOf(truth, 5, gumdrop))).toBeGreaterThan(0.8);
	// The stroke is in the mask of frame 20, in its place.
	const painted = decodeRle(rleOf(sav, 20, 0));
	expect(painted.data[62 * painted.width + 70]).toBe(1);
	const coco = JSON.parse(readFileSync(join(outFolder, 'toys_coco.json'), 'utf8')) as {
		images: { id: number }[];
		annotations: { image_id: number; area: number }[];
	};
	expect(coco.images).toHaveLength(frameCount);
	expect(coco.annotations[0]!.area).toBe(rleArea(rleOf(sav, 0, 0)));
	expect(problems).toEqual([]);
}, 180_000);
