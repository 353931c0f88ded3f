import { expect, test } from 'vitest';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { JobInfo } from '../../../preload/contract/job.ts';
import { Jobs } from '../../../renderer/state/jobs.svelte.ts';
import { Messages } from '../../../renderer/state/messages.svelte.ts';
import { Preferences } from '../../../renderer/state/preferences.svelte.ts';

function job(jobId: number, state: JobInfo['state'], method = 'track.propagate'): JobInfo {
	return {
		jobId,
		method,
		name: 'Carry',
		state,
		doneCount: 0,
		totalCount: null,
		note: null,
		startedAtMillis: 0,
		warnings: [],
	};
}

test('a result is given whether the job ends before or after its start was answered; failures and cancels reject', async () => {
	const jobs = new Jobs();
	jobs.ended({ job: job(1, 'done'), result: 'early', error: null });
	expect(await jobs.result(Promise.resolve({ jobId: 1 }))).toBe('early');
	const later = jobs.result(Promise.resolve({ jobId: 2 }));
	const failing = jobs.result(Promise.resolve({ jobId: 3 }));
	const cancelled = jobs.result(Promise.resolve({ jobId: 4 }));
	const kept = jobs.result(Promise.resolve({ jobId: 5 }));
	const cut = jobs.result(Promise.resolve({ jobId: 6 }));
	jobs.progressed(job(2, 'running'));
	jobs.progressed(job(7, 'running', 'segment.preview'));
	expect(jobs.running.map(({ jobId }) => jobId)).toEqual([2]);
	await Promise.resolve();
	await Promise.resolve();
	jobs.ended({ job: job(2, 'done'), result: 'late', error: null });
	jobs.ended({ job: job(3, 'failed'), result: null, error: { code: 'file.notFound', message: 'gone', data: null } });
	jobs.ended({ job: job(4, 'cancelled'), result: null, error: null });
	jobs.ended({ job: job(5, 'cancelled'), result: 'a part', error: null });
	jobs.lost();
	expect(await later).toBe('late');
	await expect(failing).rejects.toMatchObject({ message: 'gone', code: 'file.notFound' });
	await expect(cancelled).rejects.toMatchObject({ code: 'request.cancelled' });
	expect(await kept).toBe('a part');
	await expect(cut).rejects.toMatchObject({ code: 'request.closed' });
	expect(jobs.list).toEqual([]);
});

test('messages: the same sentence counts up, cancelling and a lost connection are no errors', async () => {
	const messages = new Messages();
	messages.report(new Error('The disk is full'));
	messages.report(new Error('The disk is full'));
	messages.report(new StudioError('request.cancelled'));
	messages.report(new StudioError('request.closed'));
	expect(await messages.attempt(async () => Promise.reject(new Error('No')))).toBe(null);
	expect(messages.list.map(({ text, count, tone }) => [text, count, tone])).toEqual([
		['The disk is full', 2, 'error'],
		['No', 1, 'error'],
	]);
	messages.dismiss(messages.list[0]!.messageId);
	expect(messages.list).toHaveLength(1);
});

test('preferences survive a reload, and what is broken in the storage falls back', () => {
	const kept = new Map<string, string>();
	const storage = {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
	};
	const first = new Preferences(storage);
	first.set({ theme: 'light', brushRadius: 4 });
	first.sawHint('click');
	first.setView('/a.masklet', { videoId: 3, frames: { 3: 17 }, tracks: { 3: 9 }, ranges: { 3: null } });
	const second = new Preferences(storage);
	expect([second.values.theme, second.values.brushRadius, second.hint]).toEqual(['light', 4, 'propagate']);
	expect(second.viewOf('/a.masklet').frames[3]).toBe(17);
	expect(second.viewOf('/b.masklet').videoId).toBe(null);
	kept.set('masklet.preferences', '{"theme":7,"brushRadius":"x","views":[],"hintsSeen":null}');
	expect(new Preferences(storage).values).toMatchObject({ theme: 'dark', brushRadius: 12, views: {}, hintsSeen: [] });
	kept.set('masklet.preferences', 'not json');
	expect(new Preferences(storage).values.theme).toBe('dark');
});
