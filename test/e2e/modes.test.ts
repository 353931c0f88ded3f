import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { miniatureConfig } from '../../models/sam2/config.ts';
import { commandLine } from '../hosts/cli/run-command.ts';
import { torchFile } from '../models/weights/torch-file.ts';
import { spec } from '../parity/golden.ts';
import { seededTensors } from '../parity/seeded-weights.ts';
import { launchTestBrowser } from './browser.ts';
import { startStudioHost, type StudioHost } from './studio-host.ts';

const folder = mkdtempSync(join(tmpdir(), 'masklet-e2e-modes-'));
/** `MASKLET_SCREENSHOTS` names a folder to look at what was seen. */
const pictures = process.env.MASKLET_SCREENSHOTS;
let host: StudioHost;
let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
	const weights = join(folder, 'weights.pt');
	writeFileSync(weights, torchFile(new Map(seededTensors(miniatureConfig('2.1'), spec.configs['miniature-2.1']!))));
	const { code } = await commandLine(folder).masklet('models', 'add', weights, '--as', 'mine');
	expect(code).toBe(0);
	host = await startStudioHost(join(folder, 'home'));
	browser = await launchTestBrowser();
	page = await (await browser.newContext({ viewport: { width: 1280, height: 720 } })).newPage();
	page.setDefaultTimeout(60_000);
	page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
	await page.goto(host.address);
});

afterAll(async () => {
	await browser?.close();
	await host?.stop();
	rmSync(folder, { recursive: true, force: true });
});

const mode = (group: string, choice: string) =>
	page.getByRole('radiogroup', { name: group }).getByRole('radio', { name: choice, exact: true });

async function isOn(group: string, choice: string): Promise<boolean> {
	return (await mode(group, choice).getAttribute('aria-checked')) === 'true';
}

test('modes are off, are set where their price is told, hold after a reload, and go off again', async () => {
	await page.locator('[data-testid="hub"]').waitFor();
	await page.locator('[data-testid="new-project"]').click();
	await page.locator('[data-testid="project-name"]').fill('Modes');
	await page.locator('[data-testid="folder"]').fill(folder);
	await page.keyboard.press('Enter');
	const models = page.getByLabel('Model for new prompts and runs');
	await models.waitFor();
	// The built-in model has none.
	expect(await page.locator('[data-testid="modes-open"]').count()).toBe(0);
	await models.selectOption('mine');
	await page.locator('[data-testid="modes-open"]').click();
	await mode('Numbers', '8 bits').waitFor();
	expect(await isOn('Numbers', '32 bits')).toBe(true);
	// The miniature has no half size, and says so by not offering it.
	expect(await page.getByRole('radiogroup', { name: 'Image size' }).count()).toBe(0);
	await look('off');

	await mode('Numbers', '8 bits').click();
	await page
		.locator('[aria-labelledby="mode-weights"] [aria-checked="true"]:not(:disabled)', { hasText: '8' })
		.waitFor();
	expect(readdirSync(join(folder, 'home/data/model-variants/mine'))).toEqual(['int8']);
	await mode('Frames seen', 'Every 2nd').click();
	await page.locator('[aria-labelledby="mode-stride"] [aria-checked="true"]', { hasText: '2nd' }).waitFor();
	await look('on');

	await page.reload();
	await page.locator('[data-testid="modes-open"]').click();
	await mode('Numbers', '8 bits').waitFor();
	expect([await isOn('Numbers', '8 bits'), await isOn('Frames seen', 'Every 2nd')]).toEqual([true, true]);
	await page.getByRole('button', { name: 'Turn off all' }).click();
	await page.locator('[aria-labelledby="mode-weights"] [aria-checked="true"]', { hasText: '32' }).waitFor();
	expect(await isOn('Frames seen', 'Every frame')).toBe(true);
	expect(problems).toEqual([]);
}, 180_000);

async function look(name: string): Promise<void> {
	if (pictures === undefined) {
		return;
	}
	for (const [width, height] of [
		[1440, 900],
		[1280, 720],
	] as const) {
		for (const theme of ['dark', 'light']) {
			await page.setViewportSize({ width, height });
			await page.evaluate((wanted) => (document.documentElement.dataset.theme = wanted), theme);
			await page.waitForFunction(() => document.getAnimations().length === 0);
			await page.screenshot({ path: join(pictures, `modes-${name}-${width}-${theme}.png`) });
		}
	}
	await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'));
}
