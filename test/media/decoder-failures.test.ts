import { readdir, readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { createMedia } from '../../main/media/index.ts';
import type { Channel } from '../../preload/rpc/channel.ts';
import { fingerprint, samplePath } from './clips.ts';
import { openTestDecoder, quietLog } from './decoder-page.ts';

const openDecoder = openTestDecoder();
const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

function newMedia(options: { openDecoder?: () => Promise<Channel>; cacheBytes?: number } = {}) {
	const warnings: string[] = [];
	const media = createMedia({
		openDecoder,
		cacheBytes: 32 << 20,
		log: { ...quietLog, warn: (message) => warnings.push(message) },
		...options,
	});
	closers.push(() => media.close());
	return { media, warnings };
}

/** Process ids of our children that run a Chromium. */
async function browserPids(): Promise<number[]> {
	const pids: number[] = [];
	for (const name of await readdir('/proc')) {
		const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
		if (status.includes(`\nPPid:\t${process.pid}\n`) && /^Name:\tchrom/.test(status)) {
			pids.push(Number(name));
		}
	}
	return pids;
}

test.skipIf(process.platform !== 'linux')('a browser that is killed is started again, once a request', async () => {
	const { media, warnings } = newMedia();
	const source = await media.open(samplePath);
	const before = fingerprint(await source.picture(20));
	const [pid] = await browserPids();
	// In the middle of work: what was asked for comes from the new browser.
	const pending = [60, 5, 61].map((frameIndex) => source.picture(frameIndex));
	process.kill(pid!, 'SIGKILL');
	expect((await Promise.all(pending)).map(({ width }) => width)).toEqual([60, 5, 61].map(() => source.facts.width));
	// With nothing under way: the next request starts it.
	for (const other of await browserPids()) {
		process.kill(other, 'SIGKILL');
	}
	await source.picture(source.facts.frameCount - 1);
	expect(fingerprint(await source.picture(20))).toBe(before);
	expect(warnings).toEqual([
		'The video decoder stopped; the next picture starts it again',
		'The video decoder stopped; the next picture starts it again',
	]);
	await media.close();
	while ((await browserPids()).length > 0) {
		await new Promise(setImmediate);
	}
});

test('a decoder that dies again and again ends in a sentence, not in a hang', async () => {
	let opened = 0;
	const { media } = newMedia({
		openDecoder: async () => {
			const channel = await openDecoder();
			opened++;
			let isDoomed = false;
			return {
				...channel,
				post(message) {
					isDoomed ||= JSON.stringify(message).includes('"feed"');
					return isDoomed ? channel.close() : channel.post(message);
				},
			};
		},
	});
	const source = await media.open(samplePath);
	await expect(source.picture(0)).rejects.toMatchObject({
		code: 'media.decoderLost',
		message: 'The video decoder stopped in the middle of its work. Try again; nothing is lost',
	});
	expect(opened).toBe(2);
	await source.close();
});

test('a decoder that does not start is told to every request, and tried again by the next', async () => {
	let isBlocked = true;
	const { media } = newMedia({
		openDecoder: () => (isBlocked ? Promise.reject(new Error('no browser today')) : openDecoder()),
	});
	await expect(media.open(samplePath)).rejects.toThrow('no browser today');
	isBlocked = false;
	const source = await media.open(samplePath);
	expect((await source.picture(3)).width).toBe(source.facts.width);
	await source.close();
});

test('who gives up gets an answer at once, and takes nothing from the others', async () => {
	const { media } = newMedia();
	const source = await media.open(samplePath);
	const last = source.facts.frameCount - 1;
	const controller = new AbortController();
	const alone = source.picture(last, { signal: controller.signal });
	const shared = [source.picture(40, { signal: controller.signal }), source.picture(40)];
	controller.abort(new Error('changed my mind'));
	await expect(alone).rejects.toThrow('changed my mind');
	await expect(shared[0]).rejects.toThrow('changed my mind');
	expect((await shared[1]!).width).toBe(source.facts.width);
	await expect(source.picture(1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
	await expect(source.check({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
	const orphan = source.picture(10);
	const closing = source.close();
	await expect(orphan).rejects.toMatchObject({ code: 'request.cancelled' });
	await closing;
	await expect(source.picture(0)).rejects.toMatchObject({ code: 'request.cancelled' });
});

test('memory is bounded by the cache, whatever is asked for', async () => {
	const probe = newMedia();
	const { facts } = await probe.media.probe(samplePath);
	const frameBytes = facts.codedWidth * facts.codedHeight * 1.5;
	const { media } = newMedia({ cacheBytes: frameBytes * 3.5 });
	const sources = [await media.open(samplePath), await media.open(samplePath)];
	const held = new Set<number>();
	for (const frameIndex of [0, 1, 2, 3, 4, 30, 29, 28, 27, 50]) {
		const pictures = await Promise.all(sources.map((source) => source.picture(frameIndex)));
		expect(fingerprint(pictures[0]!)).toBe(fingerprint(pictures[1]!));
		held.add(media.cachedBytes() / frameBytes);
	}
	expect(Math.max(...held)).toBe(3);
	await sources[0]!.close();
	await sources[1]!.close();
	expect(media.cachedBytes()).toBe(0);
	// No room at all: slower, not wrong.
	const { media: bare } = newMedia({ cacheBytes: 0 });
	const source = await bare.open(samplePath);
	expect((await Promise.all([7, 7, 6].map((frameIndex) => source.picture(frameIndex)))).length).toBe(3);
	expect(bare.cachedBytes()).toBe(0);
	await source.close();
});
