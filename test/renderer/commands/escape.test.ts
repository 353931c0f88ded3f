import { expect, test } from 'vitest';
import type { CommandContext } from '../../../renderer/commands/command.ts';
import { editCommands } from '../../../renderer/commands/edit.ts';
import { giveKeysBack } from '../../../renderer/commands/key-listener.ts';

test('Escape takes back one step at a time: the gesture, the prompt, playing, the run, the selection', async () => {
	const cancelled: number[] = [];
	const gesture = { isOpen: true };
	const video = {
		selectedPromptId: 5 as number | null,
		isPlaying: true,
		selectedTrackId: 7 as number | null,
		select: (trackId: number | null) => (video.selectedTrackId = trackId),
	};
	const jobs = {
		running: [
			{ jobId: 2, method: 'video.import' },
			{ jobId: 3, method: 'track.propagate' },
		],
	};
	const client = {
		job: {
			cancel: async ({ jobId }: { jobId: number }) => {
				cancelled.push(jobId);
				jobs.running = jobs.running.filter((job) => job.jobId !== jobId);
			},
		},
	};
	const tool = { cancel: () => gesture.isOpen && !(gesture.isOpen = false) };
	const context = { studio: { video, jobs, client }, editor: {}, tool: () => tool } as unknown as CommandContext;
	const back = editCommands(context)['edit.back']!;

	const seen: unknown[] = [];
	for (let press = 0; press < 5; press++) {
		await back.run();
		seen.push([gesture.isOpen, video.selectedPromptId, video.isPlaying, [...cancelled], video.selectedTrackId]);
	}
	expect(seen).toEqual([
		[false, 5, true, [], 7],
		[false, null, true, [], 7],
		[false, null, false, [], 7],
		[false, null, false, [3], 7],
		[false, null, false, [3], null],
	]);
});

test('a field gives the keys back; stage, timeline and dialogs keep them', () => {
	const blurredIn = (place: 'field' | 'stage' | 'dialog'): boolean => {
		let isBlurred = false;
		const activeElement = {
			matches: () => place !== 'stage',
			closest: (selector: string) => (place === 'stage' && selector.includes('work') ? {} : null),
			blur: () => (isBlurred = true),
		};
		const querySelector = () => (place === 'dialog' ? {} : null);
		giveKeysBack({ activeElement, body: {}, querySelector } as unknown as Document);
		return isBlurred;
	};
	expect([blurredIn('field'), blurredIn('stage'), blurredIn('dialog')]).toEqual([true, false, false]);
});
