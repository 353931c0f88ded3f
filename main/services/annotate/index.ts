import { readPrompt } from '../../store/index.ts';
import type { ServiceHandlers } from '../../../preload/rpc/handlers.ts';
import { StudioError } from '../../../preload/common/studio-error.ts';
import type { ServiceContext } from '../context.ts';
import { addPrompt, removePrompt, updatePrompt } from './prompts.ts';
import { clearFrames, paintFrame, setAbsent, setMask } from './hand-edits.ts';
import { type EditTarget, targetOf } from './target.ts';

/** Edits of single frames. Each is on disk when its call returns; a model's mask joins its edit later (pending.ts). */
export function createAnnotateService(context: ServiceContext): ServiceHandlers<'annotate'> {
	const target = (trackId: number, frameIndex: number): EditTarget => targetOf(context.editable(), trackId, frameIndex);

	function targetOfPrompt(promptId: number): EditTarget {
		const prompt = readPrompt(context.editable().store.db, promptId);
		if (!prompt) {
			throw new StudioError('annotate.promptUnknown', { promptId });
		}
		return target(prompt.trackId, prompt.frameIndex);
	}

	return {
		addPrompt: ({ trackId, frameIndex, prompt }) => addPrompt(target(trackId, frameIndex), prompt),
		updatePrompt: ({ promptId, prompt }) => updatePrompt(targetOfPrompt(promptId), promptId, prompt),
		removePrompt: ({ promptId }) => removePrompt(targetOfPrompt(promptId), promptId),
		paint: ({ trackId, frameIndex, area, isErasing }) => paintFrame(target(trackId, frameIndex), { area, isErasing }),
		setMask: ({ trackId, frameIndex, mask }) => setMask(target(trackId, frameIndex), mask),
		setAbsent: ({ trackId, frameIndex }) => setAbsent(target(trackId, frameIndex)),
		clear: ({ trackId, range }) => clearFrames(target(trackId, range.from), range),
	};
}
