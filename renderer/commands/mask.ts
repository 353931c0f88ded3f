import type { JobInfo } from '../../preload/contract/job.ts';
import type { Direction } from '../../preload/contract/track.ts';
import { anchorsIn } from '../state/lane.ts';
import type { Studio } from '../state/studio.svelte.ts';
import type { Command, CommandContext, CommandSet } from './command.ts';

export function maskCommands({ studio, editor }: CommandContext): CommandSet {
	const canEdit = () => studio.video?.selectedTrack !== null && studio.video !== null && !studio.isReadOnly;
	const canRun = () => (studio.video?.tracks.length ?? 0) > 0 && !studio.isReadOnly;
	const run = (direction: Direction): Command => ({ when: canRun, run: () => propagate(studio, { direction }) });
	return {
		'run.both': run('both'),
		'run.forward': run('forward'),
		'run.backward': run('backward'),
		'run.choose': {
			when: canRun,
			run: () => {
				studio.dialog = { kind: 'propagate' };
			},
		},
		'run.cancel': {
			when: () => runningHere(studio) !== undefined,
			async run() {
				const job = runningHere(studio);
				if (job) {
					await studio.client.job.cancel({ jobId: job.jobId });
				}
			},
		},
		'mask.absent': {
			when: canEdit,
			async run() {
				await editor.setAbsent();
				studio.preferences.sawHint('correct');
			},
		},
		'mask.clear': {
			when: canEdit,
			async run() {
				const promptId = studio.video?.selectedPromptId ?? null;
				if (promptId !== null) {
					editor.removePrompt(promptId);
				} else {
					await editor.clear();
				}
			},
		},
	};
}

/** The run that is at work, if there is one. */
export function runningHere(studio: Studio): JobInfo | undefined {
	return studio.jobs.running.find(({ method }) => method.startsWith('track.'));
}

/**
 * Carries the selected object, or all of them where none is selected, through the in/out range or the whole video,
 * with the project's model where none is named. The playhead stays where it is.
 */
export async function propagate(
	studio: Studio,
	run: { direction: Direction; isAll?: boolean; range?: { from: number; to: number } | null; modelId?: string },
): Promise<void> {
	const { video } = studio;
	if (!video) {
		return;
	}
	const trackId = run.isAll ? null : video.selectedTrackId;
	const range = run.range === undefined ? video.range : run.range;
	if (trackId !== null && anchorsIn(video.laneOf(trackId), { from: 0, to: video.info.frameCount }).length === 0) {
		studio.messages.say('info', `Click ${video.selectedTrack?.name ?? 'the object'} on a frame first; T carries it on`);
		return;
	}
	studio.preferences.sawHint('click');
	studio.preferences.sawHint('propagate');
	await studio.propagate({
		videoId: video.videoId,
		trackIds: trackId === null ? undefined : [trackId],
		range: range ?? undefined,
		direction: run.direction,
		modelId: run.modelId,
	});
}
