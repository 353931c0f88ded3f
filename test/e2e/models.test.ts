import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { miniatureWeights, writeCatalogue } from '../services/model/test-catalogue.ts';
import { startWeightsServer, type WeightsServer } from '../services/model/weights-server.ts';
import { launchTestBrowser } from './browser.ts';
import { startStudioHost, type StudioHost } from './studio-host.ts';

const home = mkdtempSync(join(tmpdir(), 'masklet-e2e-models-'));
const ownFile = join(home, 'street dogs.pt');
const bytes = miniatureWeights();
const tinyPath = join(home, 'data/weights/tiny.pt');
let server: WeightsServer;
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
	server = await startWeightsServer(bytes, 'tiny.pt');
	const sizeBytes = bytes.length;
	// The product's own way to a mirror: a list named by the environment; nothing in the page can name an address.
	writeCatalogue(join(home, 'models.json'), [
		{ modelId: 'sam2.1-tiny', name: 'SAM 2.1 tiny', url: server.url, sizeBytes },
		{ modelId: 'sam2.1-small', name: 'SAM 2.1 small', url: `${server.origin}/small.pt`, sizeBytes },
	]);
	writeFileSync(ownFile, bytes);
	host = await startStudioHost(home, { MASKLET_MODELS: join(home, 'models.json') });
	browser = await launchTestBrowser();
	const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
	page = await context.newPage();
	page.setDefaultTimeout(60_000);
	page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
	await page.goto(host.address);
});

afterAll(async () => {
	await browser?.close();
	await host?.stop();
	await server?.close();
	rmSync(home, { recursive: true, force: true });
});

const byTestId = (id: string, within: Page | Locator = page) => within.locator(`[data-testid="${id}"]`);
const row = (key: string): Locator => page.locator(`[data-model="${key}"]`);
const tiny = () => row('official sam2.1-tiny');
const chooser = () => byTestId('model-chooser');

/** Opens the page by the palette, as it is reached from anywhere. */
async function openByPalette(): Promise<void> {
	await page.keyboard.press('Control+k');
	await byTestId('palette').waitFor();
	await page.keyboard.type('Models');
	await page.keyboard.press('Enter');
	await byTestId('models-page').waitFor();
}

test('a download is cancelled and gone on with, over a kill of the service too', async () => {
	// Without a project there is nothing to use a model for, but models can be had.
	await byTestId('hub-models').click();
	await tiny().waitFor();
	expect(await tiny().textContent()).toMatch(/SAM 2\.1 tiny.*Apache-2\.0.*≈ 7\.\d MB.*76\.5.*71\.8.*77\.3.*Get/s);
	expect(server.taken()).toEqual([]);

	server.behaviours = [{ waitsAfter: bytes.length >> 1 }];
	await byTestId('model-get', tiny()).click();
	await byTestId('model-progress', tiny())
		.and(page.getByText(/^3\.\d of 7\.\d MB/))
		.waitFor();
	await byTestId('model-cancel', tiny()).click();
	await byTestId('model-partial', tiny()).waitFor();
	expect(await byTestId('model-partial', tiny()).textContent()).toMatch(/3\.\d MB of 7\.\d MB have come/);
	expect(await byTestId('model-get', tiny()).textContent()).toContain('Resume');

	// One that fails says why in its row.
	server.behaviours = [{ status: 404 }];
	await byTestId('model-get', row('official sam2.1-small')).click();
	expect(await byTestId('model-failure').textContent()).toContain('it answers 404');

	await page.keyboard.press('Escape');
	await byTestId('models-page').waitFor({ state: 'detached' });
	await host.kill();
	host = await startStudioHost(home, { MASKLET_MODELS: join(home, 'models.json') });
	await page.goto(host.address);
	await byTestId('sample').click();
	await byTestId('stage').waitFor();
	await openByPalette();
	server.taken();
	await byTestId('model-get', tiny()).click();
	await byTestId('model-use', tiny()).waitFor();
	expect(server.taken()).toMatchObject([{ range: expect.stringMatching(/^bytes=3\d{6}-$/), ifRange: '"first"' }]);
	expect(readFileSync(tinyPath)).toEqual(Buffer.from(bytes));
	expect(await byTestId('model-space').textContent()).toMatch(/Weights files\s*7\.\d MB.*Broken downloads\s*0 B/s);
}, 180_000);

test('it is used, and runs: a click on the stage is answered by it', async () => {
	await byTestId('model-use', tiny()).click();
	await byTestId('model-used', tiny()).waitFor();
	// Keys of the work mean nothing here.
	await page.keyboard.press('b');
	await byTestId('models-back').click();
	expect(await chooser().inputValue()).toBe('sam2.1-tiny');
	const stage = (await byTestId('stage').boundingBox())!;
	await page.mouse.click(stage.x + stage.width / 2, stage.y + stage.height / 2);
	await page.waitForFunction(() => {
		const text = document.querySelector('[data-testid="frame-state"]')?.textContent ?? '';
		return /prompted|absent/.test(text) && !/being made/.test(text);
	});
	expect(await byTestId('object').count()).toBe(1);
}, 180_000);

test('a file of one’s own is added under its own name, renamed, and removed; the file stays', async () => {
	await chooser().selectOption({ label: 'Models…' });
	await byTestId('models-add').click();
	await byTestId('browse-path').fill(ownFile);
	await byTestId('browse-path').press('Enter');
	await byTestId('browse-ok').click();
	const own = row('model street-dogs');
	await own.waitFor();
	expect(await own.textContent()).toContain('from street dogs.pt');

	await own.getByLabel('Rename').click();
	await byTestId('model-name').fill('Built-in (basic)');
	await byTestId('model-name').press('Enter');
	await page.getByText('is called "Built-in (basic)" already').waitFor();
	await own.getByLabel('Rename').click();
	await byTestId('model-name').fill('Street dogs, week 3');
	await byTestId('model-name').press('Enter');
	await own.getByText('Street dogs, week 3').first().waitFor();
	await byTestId('model-use', own).click();
	await byTestId('model-used', own).waitFor();
	await page.keyboard.press('Escape');
	expect(await chooser().locator('option:checked').textContent()).toBe('Street dogs, week 3');

	await openByPalette();
	await own.getByLabel('Remove').click();
	await own.getByText('Keep').click();
	await own.getByLabel('Remove').click();
	await byTestId('model-confirm', own).click();
	await own.waitFor({ state: 'detached' });
	expect(existsSync(ownFile)).toBe(true);
	await byTestId('model-used', row('model builtin-basic')).waitFor();
}, 180_000);

test('a fetched model gives its space back, its weights file first', async () => {
	await tiny().getByLabel('Delete the weights file').click();
	await byTestId('model-confirm', tiny()).click();
	await byTestId('model-space')
		.filter({ hasText: /Weights files\s*0 B/ })
		.waitFor();
	expect(existsSync(tinyPath)).toBe(false);
	await tiny().getByLabel('Show').click();
	await page.getByText(join(home, 'data/models/sam2.1-tiny')).waitFor();
	await tiny().getByLabel('Remove').click();
	await byTestId('model-confirm', tiny()).click();
	await byTestId('model-get', tiny()).waitFor();
	expect(existsSync(join(home, 'data/models/sam2.1-tiny'))).toBe(false);
	await page.keyboard.press('Escape');
	expect(await chooser().inputValue()).toBe('builtin-basic');
	expect(problems).toEqual([]);
}, 180_000);
