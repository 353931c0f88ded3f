import type { Track } from '../../preload/contract/track.ts';
import type { Command, CommandContext, CommandSet } from './command.ts';

export function objectCommands({ studio }: CommandContext): CommandSet {
	const selected = () => studio.video?.selectedTrack ?? null;
	const canEdit = () => selected() !== null && !studio.isReadOnly;
	const selectBeside = (by: 1 | -1): Command => ({
		when: () => (studio.video?.tracks.length ?? 0) > 0,
		run() {
			const { video } = studio;
			const tracks = video?.tracks ?? [];
			const at = tracks.findIndex(({ trackId }) => trackId === video?.selectedTrackId);
			const next = at < 0 ? (by > 0 ? 0 : tracks.length - 1) : (at + by + tracks.length) % tracks.length;
			video?.select(tracks[next]?.trackId ?? null);
		},
	});
	const update = (change: (track: Track) => { isVisible?: boolean; isLocked?: boolean }): Command => ({
		when: canEdit,
		async run() {
			const track = selected();
			if (track) {
				await studio.client.track.update({ trackId: track.trackId, ...change(track) });
			}
		},
	});
	return {
		'object.new': {
			when: () => studio.video !== null && !studio.isReadOnly,
			run() {
				studio.video?.select(null);
				if (studio.view.toolId === 'select' || studio.view.toolId === 'eraser') {
					studio.view.setTool('click');
				}
				studio.view.isSubtracting = false;
			},
		},
		'object.next': selectBeside(1),
		'object.previous': selectBeside(-1),
		'object.rename': {
			when: canEdit,
			run: () => {
				studio.view.renamingTrackId = selected()?.trackId ?? null;
			},
		},
		'object.delete': {
			when: canEdit,
			async run() {
				const track = selected();
				if (track) {
					await studio.client.track.remove({ trackId: track.trackId });
					studio.messages.say('info', `${track.name} deleted`, {
						label: 'Undo',
						run: () => void studio.messages.attempt(async () => void (await studio.client.history.undo())),
					});
				}
			},
		},
		'object.solo': {
			when: () => selected() !== null,
			isOn: () => studio.video?.soloTrackId !== null,
			run() {
				const { video } = studio;
				if (video) {
					video.soloTrackId = video.soloTrackId === null ? video.selectedTrackId : null;
				}
			},
		},
		'object.visible': update((track) => ({ isVisible: !track.isVisible })),
		'object.lock': update((track) => ({ isLocked: !track.isLocked })),
		...labelCommands({ studio, canEdit, selected }),
	};
}

type LabelContext = Pick<CommandContext, 'studio'> & { canEdit: () => boolean; selected: () => Track | null };

/** The n-th label for the selected object; the same key again takes it off. */
function labelCommands({ studio, canEdit, selected }: LabelContext): CommandSet {
	const places = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
	const entries = places.map((place): [string, Command] => [
		`label.${place}`,
		{
			when: canEdit,
			label: () => {
				const label = studio.project?.labels[place - 1];
				return label ? `Label: ${label.name}` : null;
			},
			async run() {
				const track = selected();
				const label = studio.project?.labels[place - 1];
				if (!label) {
					studio.messages.say('info', `There is no label ${place} yet. Add labels below the objects`);
				} else if (track) {
					const labelId = track.labelId === label.labelId ? null : label.labelId;
					await studio.client.track.update({ trackId: track.trackId, labelId });
				}
			},
		},
	]);
	return Object.fromEntries(entries);
}
