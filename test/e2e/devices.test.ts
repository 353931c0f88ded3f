import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { miniatureConfig } from '../../models/sam2/config.ts';
import type { DeviceList } from '../../preload/contract/device.ts';
import type { ModelInfo } from '../../preload/contract/model.ts';
import { torchFile } from '../models/weights/torch-file.ts';
import { seededTensors } from '../parity/seeded-weights.ts';
import { launchTestBrowser } from './browser.ts';
import { startStudioHost, type StudioHost } from './studio-host.ts';

const home = mkdtempSync(join(tmpdir(), 'masklet-e2e-devices-'));
const modelId = 'sam2.1-miniature-128';
let host: StudioHost;
let browser: Browser;
let page: Page;

function masklet(...words: string[]): string {
	const entry = join(import.meta.dirname, '../../out/main/cli.js');
	const env = { ...process.env, MASKLET_HOME: home };
	return execFileSync(process.execPath, [entry, ...words, '--json'], { env, encoding: 'utf8', stdio: 'pipe' });
}

beforeAll(async () => {
	const weights = join(home, 'weights.pt');
	writeFileSync(weights, torchFile(new Map(seededTensors(miniatureConfig('2.1'), { seed: 7, objectScoreBias: 4 }))));
	masklet('models', 'add', weights);
	host = await startStudioHost(home);
	browser = await launchTestBrowser();
	page = await (await browser.newContext({ viewport: { width: 1280, height: 720 } })).newPage();
	await page.goto(host.address);
});
afterAll(async () => {
	await browser?.close();
	await host?.stop();
	rmSync(home, { recursive: true, force: true });
});

const byTestId = (id: string) => page.locator(`[data-testid="${id}"]`);

test('devices are shown, measured and chosen, and the command line goes by the same', async () => {
	await page.keyboard.press('Control+k');
	await page.keyboard.type('Models…');
	await page.keyboard.press('Enter');
	await byTestId('devices-model').selectOption(modelId);
	// What has no time here yet is measured by itself while the page is open.
	await page.waitForSelector('[data-testid="device-cpu"][data-state="usable"]');
	expect(await byTestId('device-cpu').textContent()).toContain('Used.');
	await page.waitForFunction(
		() =>
			[...document.querySelectorAll('[data-testid="speed"]')].filter(({ textContent }) => /^\d+ ms$/.test(textContent))
				.length === 2,
	);
	const known = JSON.parse(masklet('models', 'list')) as ModelInfo[];
	expect(known.every(({ millisPerFrame }) => millisPerFrame !== null)).toBe(true);
	await byTestId('devices-measure').click();
	await byTestId('devices-cancel').waitFor();
	await page.waitForSelector('[data-testid="device-cpu"][data-state="usable"]');
	await byTestId('devices-measure').waitFor();
	expect(await byTestId('device-cpu').textContent()).toMatch(/\d ms/);
	await byTestId('devices-use').selectOption('cpu');
	await page.waitForFunction(() => document.body.textContent?.includes('You chose it'));

	const list = JSON.parse(masklet('devices', 'list', modelId)) as DeviceList;
	expect(list).toMatchObject({ modelId, usedDeviceId: 'cpu', preferredDeviceId: 'cpu', why: 'You chose it' });
	expect(list.devices.filter(({ state }) => state === 'unmeasured')).toEqual([]);
	masklet('devices', 'use', 'auto');
	const [bench] = JSON.parse(masklet('models', 'bench', modelId)) as DeviceList[];
	expect(bench).toMatchObject({ modelId, preferredDeviceId: null });
	expect(bench!.devices.find(({ deviceId }) => deviceId === 'cpu')!.parts.map(({ part }) => part)).toEqual([
		'imageEncoder',
		'memoryAttention',
		'maskDecoder',
		'memoryEncoder',
	]);
	if (process.env.MASKLET_SHOTS) {
		for (const [width, height] of [
			[1440, 900],
			[1280, 720],
		] as const) {
			await page.setViewportSize({ width, height });
			for (const theme of ['dark', 'light']) {
				await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
				await page.screenshot({ path: join(process.env.MASKLET_SHOTS, `devices-${width}-${theme}.png`) });
			}
		}
	}
});
