import type { MaskMode } from '../state/view.svelte.ts';
import { always, type Command, type CommandContext, type CommandSet } from './command.ts';

export function viewCommands({ studio }: CommandContext): CommandSet {
	const { view, preferences } = studio;
	const hasVideo = () => studio.video !== null;
	const maskMode = (mode: MaskMode): Command => ({
		when: hasVideo,
		isOn: () => view.maskMode === mode,
		run: () => {
			view.maskMode = view.maskMode === mode ? 'fill' : mode;
		},
	});
	return {
		'view.fit': { when: hasVideo, run: () => view.stage?.fit() },
		'view.actual': { when: hasVideo, run: () => view.stage?.actual() },
		'view.zoomIn': { when: hasVideo, run: () => view.stage?.zoom(1.25) },
		'view.zoomOut': { when: hasVideo, run: () => view.stage?.zoom(1 / 1.25) },
		'view.outline': maskMode('outline'),
		'view.cutout': maskMode('cutout'),
		'view.masks': { ...maskMode('off'), isOn: () => view.maskMode !== 'off' },
		'view.timelineFit': { when: hasVideo, run: () => view.timeline?.fit() },
		'view.leftPanel': {
			when: always,
			isOn: () => preferences.values.isLeftOpen,
			run: () => preferences.set({ isLeftOpen: !preferences.values.isLeftOpen }),
		},
		'view.rightPanel': {
			when: always,
			isOn: () => preferences.values.isRightOpen,
			run: () => preferences.set({ isRightOpen: !preferences.values.isRightOpen }),
		},
		'view.theme': {
			when: always,
			run: () => preferences.set({ theme: preferences.values.theme === 'dark' ? 'light' : 'dark' }),
		},
	};
}
