import { z } from 'zod';
import { edit, frameIndex, frameRange, rowId } from './define.ts';
import { maskBytes, prompt } from './track.ts';

const target = { trackId: rowId, frameIndex };
/** `editId` null: nothing changed, and no edit was recorded. */
const receipt = z.object({ editId: rowId.nullable(), revision: z.int() });

/**
 * Every method returns once the edit is on disk. Where a model has to make the mask, the frame is `isPending` until
 * the mask joins the same edit (a `store.changed` tells); undo takes back both.
 */
export const annotateContract = {
	/**
	 * Adds a prompt to a frame. On a frame with a propagated mask and no prompts yet, that mask becomes the first
	 * prompt (`origin: 'propagated'`), so that a click corrects what is there.
	 */
	addPrompt: edit(z.object({ ...target, prompt }), receipt.extend({ promptId: rowId })),
	updatePrompt: edit(z.object({ promptId: rowId, prompt }), receipt),
	removePrompt: edit(z.object({ promptId: rowId }), receipt),
	/** A brush or eraser stroke's area, painted over or out of the model's mask; one edit a stroke. */
	paint: edit(z.object({ ...target, area: maskBytes, isErasing: z.boolean() }), receipt),
	/** Replaces what the frame has by a mask (paste, import). */
	setMask: edit(z.object({ ...target, mask: maskBytes }), receipt),
	/** The object is not on this frame; an anchor. */
	setAbsent: edit(z.object(target), receipt),
	/** Takes prompts, paint and mask off, and leaves holes that a run may fill. */
	clear: edit(z.object({ trackId: rowId, range: frameRange }), receipt),
};

export type EditReceipt = z.infer<typeof receipt>;
