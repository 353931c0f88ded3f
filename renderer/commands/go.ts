import { findFrame, findUncertain, isAnchorAt, type LaneData } from '../state/lane.ts';
import type { Command, CommandContext, CommandSet } from './command.ts';

export function goCommands({ studio }: CommandContext): CommandSet {
	const hasVideo = () => studio.video !== null;
	/** Moving by hand ends playing: what is looked at is then exact. */
	const goTo = (frameIndex: number) => {
		if (studio.video) {
			studio.video.isPlaying = false;
			studio.video.seek(frameIndex);
		}
	};
	const step = (by: number): Command => ({ when: hasVideo, run: () => goTo((studio.video?.frameIndex ?? 0) + by) });
	/** The selected object's lane, or every one's where none is selected. */
	const lanes = (): LaneData[] => {
		const { video } = studio;
		const trackIds = video?.selectedTrackId ? [video.selectedTrackId] : (video?.tracks ?? []).map((t) => t.trackId);
		return trackIds.map((trackId) => video!.laneOf(trackId));
	};
	const jump = (find: () => number | null, none: string): Command => ({
		when: hasVideo,
		run() {
			const frame = find();
			if (frame === null) {
				studio.messages.say('info', none);
			} else {
				goTo(frame);
			}
		},
	});
	const search = (direction: 1 | -1) => ({
		from: studio.video?.frameIndex ?? 0,
		step: direction,
		frameCount: studio.video?.info.frameCount ?? 0,
	});
	const anchor = (direction: 1 | -1) => () => findFrame(lanes(), { ...search(direction), fits: isAnchorAt });
	const openBeside = (by: 1 | -1): Command => ({
		when: () => (studio.project?.videos.length ?? 0) > 1,
		async run() {
			const videos = studio.project?.videos ?? [];
			const at = videos.findIndex(({ videoId }) => videoId === studio.video?.videoId);
			const next = videos[(at + by + videos.length) % videos.length];
			if (next) {
				await studio.openVideo(next.videoId);
			}
		},
	});
	return {
		'play.toggle': {
			when: () => (studio.video?.info.frameCount ?? 0) > 1,
			isOn: () => studio.video?.isPlaying ?? false,
			run() {
				const { video } = studio;
				if (video) {
					if (!video.isPlaying && video.frameIndex >= video.info.frameCount - 1) {
						video.seek(video.range?.from ?? 0);
					}
					video.isPlaying = !video.isPlaying;
				}
			},
		},
		'frame.previous': step(-1),
		'frame.next': step(1),
		'frame.back': step(-10),
		'frame.forward': step(10),
		'frame.first': { when: hasVideo, run: () => goTo(0) },
		'frame.last': { when: hasVideo, run: () => goTo((studio.video?.info.frameCount ?? 1) - 1) },
		'frame.goto': {
			when: hasVideo,
			run: () => {
				studio.dialog = { kind: 'goto' };
			},
		},
		'anchor.previous': jump(anchor(-1), 'No prompted or edited frame before this one'),
		'anchor.next': jump(anchor(1), 'No prompted or edited frame after this one'),
		'uncertain.next': jump(() => findUncertain(lanes(), search(1)), 'Nothing uncertain after this frame'),
		'uncertain.previous': jump(() => findUncertain(lanes(), search(-1)), 'Nothing uncertain before this frame'),
		'range.in': {
			when: hasVideo,
			run() {
				const { video } = studio;
				if (video) {
					const to = video.range && video.range.to > video.frameIndex ? video.range.to : video.info.frameCount;
					video.range = { from: video.frameIndex, to };
				}
			},
		},
		'range.out': {
			when: hasVideo,
			run() {
				const { video } = studio;
				if (video) {
					const from = video.range && video.range.from <= video.frameIndex ? video.range.from : 0;
					video.range = { from, to: video.frameIndex + 1 };
				}
			},
		},
		'range.clear': {
			when: () => studio.video?.range !== null,
			run() {
				if (studio.video) {
					studio.video.range = null;
				}
			},
		},
		'video.next': openBeside(1),
		'video.previous': openBeside(-1),
	};
}
