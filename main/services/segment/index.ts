import { readProject } from '../../store/index.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import { checkPrompt } from '../annotate/prompts.ts';
import type { ServiceContext } from '../context.ts';
import { checkedModel, modelOf } from '../model/choice.ts';
import { checkFrame, videoOf } from '../video/find.ts';
import { videoKeyOf } from '../video/video-key.ts';

/** Masks that nobody keeps: previews, and pictures encoded ahead. */
export function createSegmentService(context: ServiceContext): ServiceHandlers<'segment'> {
	/** The newest `prepare` wins: the picture that the person looks at now. */
	let preparing: AbortController | null = null;

	return {
		preview: ({ videoId, frameIndex, prompts, modelId }) => {
			const workspace = context.project();
			const { store } = workspace;
			const video = videoOf(store, videoId);
			checkFrame(video, frameIndex);
			prompts.forEach((prompt) => checkPrompt(prompt, video));
			const model = modelId === undefined ? modelOf(context, readProject(store.db)) : checkedModel(context, modelId);
			return context.jobs.start({
				method: 'segment.preview',
				name: 'Preview',
				run: (job) =>
					context.inference.prompt(
						{
							modelId: model,
							videoKey: videoKeyOf(workspace, video),
							frameIndex,
							width: video.width,
							height: video.height,
							prompts,
						},
						{ signal: job.signal, priority: 'preview' },
					),
			});
		},
		prepare: ({ videoId, frameIndex }) => {
			const workspace = context.project();
			const { store } = workspace;
			const video = videoOf(store, videoId);
			checkFrame(video, frameIndex);
			preparing?.abort();
			const controller = new AbortController();
			preparing = controller;
			const { width, height } = video;
			const modelId = modelOf(context, readProject(store.db));
			return context.jobs.start({
				method: 'segment.prepare',
				name: `Encode frame ${frameIndex}`,
				run: async (job) => {
					const signal = AbortSignal.any([job.signal, controller.signal]);
					try {
						await context.inference.prepare(
							{ modelId, videoKey: videoKeyOf(workspace, video), frameIndex, width, height },
							{ signal },
						);
					} catch (error) {
						// Another frame took its place, or the model failed: a click that follows then says why.
						if (!signal.aborted) {
							context.deps.log.debug({ error }, 'a picture was not encoded ahead');
						}
					}
					return null;
				},
			});
		},
	};
}
